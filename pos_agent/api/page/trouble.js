// S13 paper, S14 shift, S15 printer, S17 storage, S18 without loyalty, S19 no answer, and the help screen.
const REFUSED_S = 600; // so long a refused receipt is what the cashier has in mind
const help = () => ({ key: "F10", label: t("X_help"), always: true, act: () => show({ help: true }) });
const since = () => ticking(() => clock(seconds(app.troubleSince)));
const check = (label) => ({ key: "Enter", label, kind: "main", act: () => working(refreshStatus) });

// A print that was cut short may be a shift's: whether a sale is recorded, the sale itself says where the agent sells.
// `recorded`, `refused`: this one was made, was not; `doubt`: being read; `waits`: not begun; null: none of ours.
function paperCase(what) {
  const V = PAGE.verdicts, sale = app.sale;
  if (sale && (sale.state === "registered" || (sale.state === "sent" && what.safe === V.R))) return "recorded";
  if (sale && ["sent", "checking"].includes(sale.state)) return what.safe === V.N ? "waits" : "doubt";
  if (sale) return "waits";
  if (app.refused && seconds(app.refused.at) < REFUSED_S) return "refused";
  return app.last && app.last.state === "registered" && what.safe === V.R ? "recorded" : null;
}

function paperVerdict(what, name) {
  if (isTap()) return line(what.safe, "verdict strong");
  const sum = money(sumOf(app.sale || (name === "refused" ? app.refused : app.last) || {})) || "";
  if (name === "recorded") return [line(t("S13_recorded", { sum }), "verdict"), line(t("S13_not_again"), "verdict strong")];
  if (name === "refused") return [line(t("S13_refused", { sum }), "verdict strong"), line(t("S13_repeat"), "verdict")];
  if (name === "doubt") return line(PAGE.verdicts.C, "verdict strong");
  if (name === "waits") return line(t(what.code === "PRN-01" ? "S13_not_made" : "S13_lid_not_made"), "verdict strong");
  return what.safe === PAGE.verdicts.R ? null : line(PAGE.verdicts.N, "verdict strong");
}

SCREENS.S13 = () => {
  const what = problem("PRN-01", "PRN-02"), paper = what.code === "PRN-01", name = paperCase(what);
  const title = t(paper ? "S13_title" : "S13_lid"), go_on = name === "recorded" || (name === null && what.safe === PAGE.verdicts.R) ? "S13_step_2" : "S13_step_2_go_on";
  return {
    focus: "Enter", live: "assertive", says: title,
    body: h("div", { class: "figures" }, h("h1", { class: "banner alarm" }, "! " + title), paperVerdict(what, name),
      paper ? [line(t("S13_step_1"), "text large-step"), line(t(go_on), "text large-step")] : line(t("S13_lid_step"), "text large-step"),
      h("p", { class: "row" }, h("span", {}, t(paper ? "S13_waiting" : "S13_lid_waiting")), since()), h("small", {}, what.code)),
    actions: [check(t("S13_check")), help()],
  };
};

SCREENS.S14 = () => ({
  focus: "Enter", live: "assertive", says: t("S14_title"),
  body: h("div", { class: "figures" }, h("h1", { class: "banner alarm" }, "! " + t("S14_title")), line(t("S14_safe"), "verdict strong"), line(t("S14_do"), "verdict"),
    slow() ? h("p", { class: "busy" }, t("S14_closing")) : null, h("small", {}, "SHF-01")),
  actions: [
    { key: "Enter", label: t("S14_close"), kind: "main", act: () => working(newShift) },
    { key: "Escape", label: t("S14_till"), act: () => { app.dismissed["SHF-01"] = true; draw(); } },
    help(),
  ],
});

async function newShift() {
  await ask("POST", "/v1/shift/close", {}, 60000);
  await ask("POST", "/v1/shift/open", {}, 60000);
  await refreshStatus();
}

SCREENS.S15 = () => ({
  focus: "Enter", live: "assertive", says: t("S15_title"),
  body: h("div", { class: "figures" },
    h("h1", { class: "banner alarm" }, "! " + t("S15_title"), h("span", { class: "banner-side" }, since())),
    ["S15_step_1", "S15_step_2", "S15_step_3"].map((key) => line(t(key), "text large-step")), line(t("S15_self"), "verdict strong"), h("small", {}, "PRN-03")),
  actions: [check(t("S15_check")), help()],
});

const today = () => new Date().toDateString();
function storageEnds() {
  const days = app.live.fn_days, shown = kept("storage-told");
  return typeof days === "number" && days <= 30 && shown !== today();
}

SCREENS.S17 = () => {
  const live = app.live, days = plural("X_days", live.fn_days), until = app.status.device && app.status.device.fn_expires ? dayLong(app.status.device.fn_expires) : null;
  const device = app.status.device || {}, unsent = device.ofd_unsent || 0, count = plural("X_receipts", unsent);
  const first = device.ofd_first_at ? Math.max(0, Math.floor((Date.now() - new Date(device.ofd_first_at).getTime()) / 86400000)) : null;
  const told = first === null ? t("S17_unsent_only", { count }) : t("S17_unsent", { count, days: plural("X_days", first) });
  return {
    focus: "Enter",
    body: h("div", { class: "figures" },
      h("h1", { class: "banner warning" }, "! " + (until ? t("S17_title", { days, day: until }) : t("S17_over", { days }))),
      line(t("S17_selling"), "text large-step"), unsent ? line(told, "second") : null, h("small", {}, "FN-01")),
    actions: [
      { key: "Enter", label: t("S17_understood"), kind: "main", act: () => { keep("storage-told", today()); draw(); } },
      { key: "F6", label: t("S17_note"), act: () => working(async () => { await ask("POST", "/v1/slips", { kind: "note" }); show({ note: t("S10_slip_asked") }); }) },
      help(),
    ],
  };
};

SCREENS.S18 = () => ({
  focus: "Enter",
  body: h("div", { class: "figures" },
    h("h1", { class: "banner warning" }, "! " + t("S18_title")),
    app.cart.why ? h("p", { class: "verdict" }, app.cart.why.what + " ", h("small", {}, "(" + app.cart.why.code + ")")) : null, line(t("S18_sell"), "verdict strong")),
  keys: digitsOpenSearch(),
  actions: [{ key: "Enter", label: t("S18_without", { sum: money(cartSum()) || "" }), kind: "main", act: () => working(() => confirm("none")) }, { key: "Escape", label: t("X_back"), act: () => { go("S1", { customer: null }); } }, help()],
});

SCREENS.S19 = () => ({
  focus: "Enter", live: "assertive", says: t("S19_title"),
  body: h("div", { class: "figures" },
    h("h1", { class: "banner alarm" }, "… " + t("S19_title"), h("span", { class: "banner-side" }, ticking(() => clock(seconds(app.silentSince))))),
    line(t("S19_till"), "text large-step"), line(t("S19_help"), "verdict"), line(t("S19_begun"), "verdict strong")),
  actions: [{ key: "Enter", label: t("S19_again"), kind: "main", always: true, act: () => working(refreshStatus) }, help()],
});

// In a doubt help never says that all is well: it repeats what must not be done.
function inDoubt() {
  const sale = app.sale, sum = sale ? money(sumOf(sale)) || "" : "";
  if (!sale || !["sent", "checking", "needs_operator"].includes(sale.state)) return null;
  const what = sale.state === "sent" ? t("S7_registering") : sale.state === "checking" ? t("S11_title", { sum }) : t("S12_title");
  return [line(what), line(t("S11_not_again"), "verdict strong"), line(sale.state === "sent" ? t("S7_on") : t("S11_money"), "strong"), sale.state === "sent" ? null : line(t("X_help_code", { code: sale.state === "checking" ? "SAL-01" : "SAL-02" }), "second")];
}

SCREENS.help = () => {
  const first = ((app.status && app.status.messages) || [])[0], doubt = inDoubt();
  return {
    focus: "Escape",
    body: h("div", { class: "figures" }, headed(t("X_help_title")), line(t("X_help_call") + (doubt ? "" : " " + t("X_help_sell")), "text large-step"),
      doubt || (first ? [line(first.what + " " + first.action), line(first.safe, "strong"), line(t("X_help_code", { code: first.code }), "second")] : line(t("S10_in_order"))),
      line(t("X_help_keys"), "second")),
    actions: [{ key: "Escape", label: t("X_back"), always: true, act: () => show({ help: false }) }],
  };
};

// F4: one key from anywhere before printing. The customer, if any, is taken off the draft first.
function withoutCard() {
  working(async () => {
    if (app.cart && app.cart.customer) await put(path("sales", app.cart.sale, "customer"), { customer: null });
    if (!app.cart) return go("S1", { customer: null, typed: "", rows: null, form: null, tap: null });
    app.customer = null;
    await confirm("none");
  });
}
