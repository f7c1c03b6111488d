// The installer's page: devices, what is in the way, exchange, queue, log, a report. Nothing here makes receipts.
const EVERY_MS = 3000, SECOND_MS = 1000, LOG_LINES = 200;
const seen = { devices: null, problems: null, exchange: null, log: null, ports: null, told: null, checked: null, code: "", filter: "", hex: false, paused: false, silent: false, busy: false, panel: "" };
const screenOf = () => (kept(PAGE.token) ? "IN" : "I0");
let drawnAs = "", held = false, wanted = false, goTo = null; // goTo: what gets the focus next; held: a button that is drawn anew under the finger takes no press

// A token of its own: the same computer may show the cashier's page beside it.
function onStranger() { keep(PAGE.token, null); draw(); }

function draw() {
  if (held) { wanted = true; return; }
  const page = screenOf() === "I0" ? entrance() : whole(), look = page.outerHTML, place = document.getElementById("page");
  document.documentElement.dataset.screen = screenOf();
  if (look === drawnAs && !goTo) return;
  const focused = goTo || (document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null);
  goTo = null;
  const at = focused && document.activeElement instanceof HTMLInputElement ? document.activeElement.selectionStart : null;
  const tails = [...document.querySelectorAll(".tail")].map((one) => one.scrollTop);
  place.replaceChildren(page);
  drawnAs = look;
  tell();
  document.querySelectorAll(".tail").forEach((one, i) => { one.scrollTop = tails[i] === undefined ? one.scrollHeight : tails[i]; });
  const found = focused ? page.querySelector('[data-key="' + CSS.escape(focused) + '"]') : screenOf() === "I0" ? page.querySelector("input") : null;
  if (!found) return;
  found.focus({ preventScroll: found.dataset.key !== "panel" });
  if (at !== null) found.setSelectionRange(at, at);
}

function told() {
  const one = seen.told;
  return one ? h("div", { class: "told", role: "alert" }, "! ", h("strong", {}, one.what), " " + (one.action || "") + " ", h("b", {}, one.safe || ""), h("small", {}, " " + one.code)) : null;
}
// A button by a name of its own, so that the focus stays on it when the page is drawn anew.
const tool = (name, label, work, said, kind, pressed) => h("button", { class: "key " + (kind || "plain") + (seen.busy ? " dimmed" : ""), type: "button", "data-key": name, "aria-label": said, "aria-disabled": seen.busy ? "true" : null, "aria-pressed": pressed === undefined ? null : String(pressed), onclick: () => trying(work) }, h("span", {}, label));
const closing = () => tool("close", t("I_close"), async () => closePanel());
const panel = (title, ...kids) => h("section", { class: "panel", tabindex: "-1", "data-key": "panel", "aria-label": title }, h("h2", {}, title), kids);
const left = (until) => h("span", { class: "clock", "data-until": Math.round(until) });
const announce = (text) => { document.getElementById("polite").textContent = text; };

// Clocks run without drawing the page anew.
function tell() {
  for (const one of document.querySelectorAll("[data-until]")) one.textContent = clock((Number(one.dataset.until) - performance.now()) / 1000);
}

function openPanel(name) {
  seen.panel = name;
  goTo = "panel";
}

function closePanel() {
  goTo = "to " + seen.panel;
  if (seen.panel === "code") seen.given = null; // who comes to this screen next has no business with it
  seen.panel = "";
}

async function trying(work) {
  if (seen.busy) return;
  seen.busy = true;
  seen.told = null;
  announce("");
  draw();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    seen.told = error.code === "HTTP-09" ? { code: error.code, what: t("I_role"), action: "", safe: "" } : error;
  } finally {
    seen.busy = false;
    draw();
  }
}

function entrance() {
  const input = h("input", { type: "text", "data-key": "code", inputmode: "numeric", maxlength: "6", autocomplete: "off", value: seen.code, "aria-label": t("S0_ask"), oninput: (event) => { seen.code = event.target.value.replace(/\D/g, ""); } });
  const form = h("form", { class: "figures", onsubmit: (event) => { event.preventDefault(); trying(enter); } },
    headed(t("I_title")), line(t("S0_ask")), input, line(t("I_role"), "second"), told(), h("button", { class: "key main", type: "submit" }, t("S0_enter")));
  return h("main", { class: "installer entrance" }, form);
}

async function enter() {
  const given = await ask("POST", "/v1/enter", { code: seen.code });
  keep(PAGE.token, given.token);
  seen.code = "";
  refresh();
}

async function refresh() {
  if (screenOf() !== "IN" || seen.paused) return;
  try {
    const [devices, problems, exchange, log, ports] = await Promise.all([
      ask("GET", "/v1/devices"), ask("GET", "/v1/config/problems"), ask("GET", "/v1/exchange" + (seen.hex ? "?hex=1" : "")), ask("GET", "/v1/log?lines=" + LOG_LINES), ask("GET", "/v1/ports"),
    ]);
    Object.assign(seen, { devices, problems: problems.problems, exchange, log: log.lines, ports, portsAt: performance.now(), silent: false });
    seen.status = await ask("GET", "/v1/status");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    seen.silent = Boolean(error.silent);
    if (!error.silent) seen.told = error.code === "HTTP-09" ? { code: error.code, what: t("I_role"), action: "", safe: "" } : error;
  }
  draw();
}

// The next second asks again; an answer that does not come shows by itself.
function unheard(error) { if (!(error instanceof Refused)) throw error; }

async function check() {
  const shown = new Date().toTimeString().slice(0, 5);
  seen.checked = t("I_checking");
  draw();
  try {
    seen.devices = await ask("POST", "/v1/devices/check", {}, 27000);
    seen.checked = t("I_checked", { at: shown, word: t("I_connected") });
  } catch (error) {
    seen.checked = t("I_checked", { at: shown, word: t("I_silent") });
    throw error;
  }
}

// The answer is a file; it goes to the disk of this computer and nowhere else.
async function download() {
  const answer = await fetch("/v1/bundle", { headers: { Authorization: "Bearer " + kept(PAGE.token) } });
  if (!answer.ok) throw new Refused((await answer.json()).error, answer.status);
  const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: "pos-agent-bundle.zip" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function whole() {
  return h("main", { class: "installer" },
    h("div", { class: "headed" }, h("h1", {}, t("I_title") + (seen.status ? " · " + seen.status.register : "")), h("span", { class: "side" }, t("I_no_receipts"))),
    seen.silent ? h("div", { class: "banner alarm" }, "… " + t("S19_title")) : null,
    told(),
    h("div", { class: "actions" },
      tool("check", t("I_check"), check, null, "main"),
      tool("to trial", t("I_trial"), printTrial),
      tool("bundle", t("I_bundle"), download),
      tool("to printer", t("I_change"), async () => openPanel("printer")),
      tool("to code", t("I_code"), async () => openPanel("code")),
      tool("pause", seen.paused ? t("I_go_on") : t("I_pause"), async () => { seen.paused = !seen.paused; refresh(); }),
      tool("out", t("I_out"), async () => onStranger())),
    seen.panel ? { trial: trialShown, code: codeShown, printer: printerShown }[seen.panel]() : null,
    h("div", { class: "sections" }, devicesShown(), problemsShown(), syncShown(), scannerShown(), portsShown(), exchangeShown(), logShown()),
    line(t("I_bundle_what"), "second"));
}
const section = (title, ...kids) => h("section", {}, h("h2", {}, title), kids);
const fact = (sign, name, what) => h("p", { class: "fact" }, h("span", { class: "sign" }, sign), " ", h("b", {}, name), " ", what);

function devicesShown() {
  const now = seen.devices;
  if (!now) return section(t("I_devices"), figure(null));
  const printer = now.printer, tap = now.tap, sync = now.sync;
  const named = [printer.vendor, printer.model, printer.serial, printer.port].filter(Boolean).join(" · ");
  return section(t("I_devices"),
    fact(printer.connected ? "●" : "!", t("I_printer"), named + " — " + t(printer.connected ? "I_connected" : "I_silent")),
    now.storage && now.storage.fn_serial ? fact("○", t("I_storage"), t("I_storage_what", { fn: now.storage.fn_serial, fd: now.storage.last_fd || now.storage.recorded_fd })) : null,
    tap ? fact("●", t("I_tap"), tap.port + " · " + t("I_waited", { count: tap.waited })) : null,
    sync ? fact(sync.cause ? "!" : "●", t("I_cloud"), sync.url || "") : fact("○", t("I_cloud"), t("I_no_sync")),
    seen.checked ? line(seen.checked, "second") : null);
}

function problemsShown() {
  const found = seen.problems;
  if (!found) return section(t("I_problems", { count: "…" }), figure(null));
  if (!found.length) return section("✔ " + t("I_problems_none"));
  return section(t("I_problems", { count: found.length }), found.map((one) =>
    h("p", { class: "fact " + one.severity }, h("span", { class: "sign" }, one.severity === "blocks" ? "!" : "○"), " ", h("b", {}, one.what), " " + one.action + " " + one.safe, h("small", {}, " " + one.code))));
}

function syncShown() {
  const status = seen.status, sync = seen.devices && seen.devices.sync;
  if (!status) return section(t("I_sync"), figure(null));
  return section(t("I_sync"),
    sync ? [line(t("I_waiting", { count: sync.waiting })), sync.last_success ? line(t("I_last", { at: momentLong(sync.last_success) })) : null, sync.cause ? line(t("I_cause", { why: sync.cause })) : null] : line(t("I_no_sync")),
    line(t("I_slips", status.slips)), line(t("I_ledger", { events: status.ledger.events, quarantined: status.quarantined })));
}

function scannerShown() {
  const input = h("input", { type: "text", "data-key": "prefix", maxlength: "1", autocomplete: "off", value: kept("prefix") || "", "aria-label": t("I_prefix"), oninput: (event) => keep("prefix", event.target.value || null) });
  return section(t("I_scanner"), h("label", { class: "form-row" }, h("span", {}, t("I_prefix")), input));
}

const tail = (name, ...rows) => h("pre", { class: "tail", tabindex: "0", role: "region", "aria-label": name, "data-key": name }, rows);
const matches = (text) => !seen.filter || text.toLowerCase().includes(seen.filter.toLowerCase());
function exchangeShown() {
  const now = seen.exchange;
  if (!now) return h("section", { class: "wide" }, h("h2", {}, t("I_exchange")), figure(null));
  const rows = now.lines.map((one) => {
    const way = one.direction === ">" ? t("I_to") : one.direction === "<" ? t("I_from") : one.direction;
    return [one.at_s, way, one.bytes ? t("I_bytes", { count: one.bytes }) : "", one.begins].filter(Boolean).join("  ");
  }).filter(matches);
  const filter = h("input", { type: "text", "data-key": "filter", autocomplete: "off", value: seen.filter, "aria-label": t("I_filter"), placeholder: t("I_filter"), oninput: (event) => { seen.filter = event.target.value; draw(); } });
  return h("section", { class: "wide" }, h("h2", {}, t("I_exchange")),
    now.recording ? [h("div", { class: "form-row" }, filter, tool("hex", t("I_hex"), async () => { seen.hex = !seen.hex; refresh(); }, null, "plain", seen.hex)), tail(t("I_exchange"), rows.join("\n") || t("I_empty"))] : line(t("I_exchange_off"), "second"));
}

function logShown() {
  const rows = (seen.log || []).map((one) => {
    const { timestamp, level, event, ...rest } = one;
    return [String(timestamp || "").slice(11, 19), level, event, Object.entries(rest).map(([name, value]) => name + "=" + JSON.stringify(value)).join(" ")].filter(Boolean).join("  ");
  }).filter(matches);
  return h("section", { class: "wide" }, h("h2", {}, t("I_log")), seen.log ? tail(t("I_log"), rows.join("\n") || t("I_empty")) : figure(null));
}

document.documentElement.lang = PAGE.lang;
document.addEventListener("pointerdown", () => { held = true; }, true);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => setTimeout(() => { held = false; if (wanted) { wanted = false; draw(); } }, 0), true);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && seen.panel) { closePanel(); draw(); } });
draw();
refresh();
setInterval(refresh, EVERY_MS);
setInterval(() => { tell(); if (screenOf() === "IN") { followTrial().catch(unheard); if (seen.given) draw(); } }, SECOND_MS);
