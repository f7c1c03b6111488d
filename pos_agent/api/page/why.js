// «Why»: what the price and the points come from, line by line; of the draft as it stands, or of the last receipt.
const MOST_PLACES = 6, SHOWN_PLACES = 4, MOST_ROWS = 8;

function why() {
  working(async () => {
    const draft = app.cart && !(app.sale && OVER.includes(app.sale.state)) ? app.cart.sale : null;
    const told = await ask("GET", draft ? path("sales", draft, "why") + choiceNow() : path("receipts", ...(await lastReceipt()).split("/"), "why"));
    const back = ["S1", "S4", "S5", "S8"].includes(app.screen) ? app.screen : app.customer ? "S4" : "S1";
    go("why", { why: { ...told, draft: Boolean(draft) }, back, menu: null, menuTold: null });
  });
}

// On S5 the sum that is being typed, else nothing spent: as the buttons there say.
function choiceNow() {
  if (app.screen !== "S5") return "?spend=none";
  const pt = spendPt(), limit = limitPt();
  return pt >= limit ? "?spend=max" : "?spend=exact&spend_pt=" + pt;
}

// "n/d" kopecks or hundredths as people write it: exact when it ends soon, else to four places.
function exactly(text) {
  const [over, under] = text.split("/"), value = BigInt(over), part = BigInt(under || "1") * 100n;
  let places = SHOWN_PLACES;
  for (let few = MOST_PLACES; few >= 2; few--) if ((value * 10n ** BigInt(few)) % part === 0n) places = few;
  const scale = 10n ** BigInt(places), scaled = (value * scale * 2n + part) / (part * 2n);
  return grouped(String(scaled / scale)) + decimal() + String(scaled % scale).padStart(places, "0");
}
const exactPoints = (text) => exactly(text).replace(/\D00$/, "");
const pieces = (micro) => String(micro / 1000000).replace(".", decimal());
const pair = (name, value, kind) => h("div", { class: "row " + (kind || "") }, h("span", {}, name), h("span", { class: "figure" }, value));

function reckoned(one) {
  let told = "";
  if (one.amount_kop !== undefined) told = t("X_why_shared", { amount: points(one.amount_kop), weight: money(one.weight_kop), whole: money(one.whole_kop), exact: exactly(one.exact_kop) });
  else if (one.bp !== undefined) told = t("X_why_rate", { rate: points(one.bp), base: money(one.base_kop), exact: exactly(one.exact_kop) }) + (/\/1$|^\d+$/.test(one.exact_kop) ? "" : t("X_why_kopeck"));
  else if (one.units) told = t("X_why_units", { units: one.units });
  return told + (one.cut ? t("X_why_cut") : "");
}

// What the step of points left of an exact figure; nothing when it left all of it.
function stepped(one, exact) {
  const [over, under] = exact.split("/");
  if (BigInt(over) === BigInt(one.pt) * BigInt(under || "1")) return "";
  const words = { points: points(one.pt), step: points(one.step_pt) };
  return one.step_pt === 100 ? t("X_why_whole", words) : one.step_pt === 1 ? t("X_why_hundredths", words) : t("X_why_steps", words);
}
const noted = (text) => (text ? line(text, "noted") : null);

function whyGoods(one) {
  const off = one.off.map((each) => [pair(each.name, "−" + money(each.kop), "off"), noted(reckoned(each))]);
  const share = one.points.map((each) => [pair(t(each.amount_kop === undefined ? "X_why_points" : "X_why_share"), "−" + money(each.kop), "off"), noted(reckoned(each))]);
  return [pair(one.name + " " + pieces(one.quantity_micro) + " × " + money(one.price_kop), money(one.gross_kop), "goods"), off, share];
}

function whySpent(one, draft) {
  const cap = one.cap_bp === undefined ? "" : t(one.by_cap ? "X_why_rate" : "X_why_most", { rate: points(one.cap_bp), base: money(one.base_kop), exact: exactPoints(one.cap_kop) }) + (one.by_cap ? stepped(one, one.cap_kop) : "");
  const barred = (one.barred || []).map((each) => noted(t("X_why_barred", { name: each.name, sum: money(each.kop) })));
  return [pair(t(draft ? "X_why_spending" : "X_why_spent") + (one.program ? " " + one.program : ""), points(one.pt), "goods"), noted(cap), one.asked_pt === undefined ? null : noted(t("X_why_asked", { points: points(one.asked_pt) })), barred];
}

function whyEarned(one, draft) {
  const exact = one.exact_pt === undefined ? "" : (one.bp === undefined ? t("X_why_by_goods", { exact: exactPoints(one.exact_pt) }) : t("X_why_rate", { rate: points(one.bp), base: money(one.base_kop), exact: exactPoints(one.exact_pt) })) + stepped(one, one.exact_pt);
  return [pair(t(draft ? "X_why_earning" : "X_why_earned") + (one.program ? " " + one.program : ""), "+" + points(one.pt), "goods"), noted(exact)];
}

SCREENS.why = () => {
  const one = app.why, lost = one.lost.length ? [h("h2", {}, t("X_why_lost")), one.lost.map((each) => line(each))] : null;
  const told = [one.lines.map(whyGoods), one.spent.map((each) => whySpent(each, one.draft)), one.earned.map((each) => whyEarned(each, one.draft)), lost].flat(4).filter(Boolean);
  const scroll = (way) => document.querySelector("#page .reasons").scrollBy(0, way * 300);
  const more = [{ key: "2", label: t("X_why_more"), hidden: told.length <= MOST_ROWS, act: () => scroll(1) }, { key: "8", label: "", hidden: true, act: () => scroll(-1) }];
  const print = { key: "F6", label: t("X_why_print"), hidden: !one.slip, act: () => working(async () => { await ask("POST", "/v1/slips", { kind: "why", receipt: one.document }); slipAsked(); }) };
  return {
    focus: "Enter", live: "polite", says: t("S10_7_title"),
    body: h("div", { class: "figures reasons scrolling", tabindex: "0", "data-key": "told", role: "region", "aria-label": t("S10_7_title") },
      headed(t("S10_7_title"), one.draft ? t("X_why_draft") : momentLong(one.at)),
      told.length ? told : line(t("S10_no_why"), "large-step"),
      one.check ? h("small", {}, t("X_why_check", { sign: one.check.slice(0, 4) + "-" + one.check.slice(4) })) : null),
    keys: [...(one.slip ? [print] : []), { key: "Escape", act: leaveWhy }],
    actions: [{ key: "Enter", label: t("X_why_clear"), kind: "main", act: leaveWhy }, ...more, print],
  };
};
const leaveWhy = () => go(app.back === "S8" && app.sale ? "S8" : app.customer && app.cart ? (app.back === "S5" ? "S5" : "S4") : app.customer ? "S4" : "S1", { why: null, doneAt: performance.now() });
