// Ports of this computer, who answers there, and what to write into the settings to sell through another printer.
async function searchPorts(port) {
  seen.ports = await ask("POST", "/v1/ports/search", { port: port || "" });
  seen.portsAt = performance.now();
}
const readyPorts = () => (seen.ports ? seen.ports.ports.filter((one) => one.settings.length) : []);
const searchLeft = () => left(seen.portsAt + seen.ports.left_s * 1000);

function portsShown() {
  const now = seen.ports;
  if (!now) return h("section", { class: "wide" }, h("h2", {}, t("I_ports")), figure(null));
  return h("section", { class: "wide" }, h("h2", {}, t("I_ports")),
    now.ports.length ? h("ul", { class: "ports" }, now.ports.map(portShown)) : line(t("I_ports_none")),
    now.notes.map((one) => line("! " + one)),
    now.searching ? h("p", { role: "status" }, "▶ " + t("I_ports_searching") + " · ", searchLeft()) : null,
    line(t("I_ports_harmless"), "second"),
    h("div", { class: "tools" }, tool("ports", t("I_ports_ask"), () => searchPorts(""))));
}

function portShown(one) {
  const said = { held: "I_port_held", beside: "I_port_beside", new: "I_port_new", waiting: "I_port_waiting", asking: "I_port_asking" }[one.state];
  const ready = one.verdict === "ready", sign = ready ? "✔" : { held: "●", asking: "▶" }[one.state] || (one.told ? "!" : "○");
  return h("li", {},
    h("p", { class: "fact" }, h("span", { class: "sign" }, sign), " ", h("b", {}, one.label), " ", one.label.includes(one.port) ? "" : one.port + " ", "— " + (said ? t(said) : one.answer + (one.speed ? " · " + one.speed : ""))),
    one.state === "new" ? tool("ask " + one.port, t("I_port_ask"), () => searchPorts(one.port), t("I_port_ask") + " " + one.label + " " + one.port) : null,
    ready ? tool("use " + one.port, t("I_port_use"), async () => openPanel("printer"), t("I_port_use") + " " + one.label) : null,
    one.told ? line(one.told.what + " " + one.told.action + " " + one.told.code, "second") : null);
}

// Nothing is changed from here: a printer is changed while the agent stands still.
function printerShown() {
  const ready = readyPorts();
  return panel(t("I_change"),
    ready.length ? ready.map(linesShown) : [
      step("1", t("I_change_plug")), step("2", t("I_change_ask")),
      seen.ports && seen.ports.searching ? h("p", { role: "status" }, "▶ " + t("I_ports_searching") + " · ", searchLeft()) : null,
    ],
    ready.length ? h("ol", {}, ["I_change_1", "I_change_2", "I_change_3", "I_change_4", "I_change_5"].map((one) => h("li", {}, t(one)))) : null,
    line(t("I_change_keeps"), "second"),
    h("div", { class: "tools" }, ready.length ? null : tool("ports-too", t("I_ports_ask"), () => searchPorts("")), closing()));
}

function linesShown(one) {
  const lines = one.settings.join("\n");
  return h("div", { class: "lines" },
    h("p", {}, h("b", {}, one.label), " — " + one.answer),
    h("pre", { class: "tail", tabindex: "0", role: "region", "aria-label": t("I_change_lines"), "data-key": "lines " + one.port }, lines),
    h("div", { class: "tools" }, tool("copy " + one.port, seen.copied === lines ? "✔ " + t("I_copied") : t("I_copy"), () => copied(lines), t("I_copy") + " " + one.label)));
}

async function copied(lines) {
  try {
    await navigator.clipboard.writeText(lines);
  } catch (_) { // a browser that does not let a page write there
    throw new Refused({ code: "", what: t("I_copy_not"), action: "", safe: "" }, 0);
  }
  seen.copied = lines;
  announce(t("I_copied"));
}
