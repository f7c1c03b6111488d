// S9 return, S10 menu, S20 the till's own receipt; slips and the answer to «why».
function openMenu() { go("S10", { back: app.screen === "S10" ? "S1" : app.screen, menu: null, menuTold: null }); }
function openReturn() { go("S9", { back: app.screen, returning: null }); }
const leaveMenu = () => (app.menuTold ? show({ menuTold: null, menu: null }) : go(app.customer ? "S4" : "S1", { menu: null }));

SCREENS.S10 = () => {
  const acts = [
    () => show({ menu: "balance", menuTold: [t("S10_1")] }), printBalance, slipAgain, slipsToday,
    () => working(async () => { await ask("POST", "/v1/slips", { kind: "invitation", receipt: await lastReceipt() }); slipAsked(); }),
    openReturn, why, registerState, () => show({ help: true }),
  ];
  const items = acts.map((act, i) => ({ key: String(i + 1), label: t("S10_" + (i + 1)), kind: "item", act }));
  const loud = { key: "0", label: t("S10_sounds", { word: t("S10_" + soundLevel()) }), act: () => { const levels = Object.keys(LOUDNESS); keep("sound", levels[(levels.indexOf(soundLevel()) + 1) % 3]); sound("found"); draw(); } };
  const body = app.menuTold ? h("div", { class: "figures scrolling", tabindex: "0", "data-key": "told", role: "region", "aria-label": app.menuTold[0] }, headed(app.menuTold[0]), app.menuTold.slice(1).map((one) => line(one, "text told-line")))
    : h("div", { class: "menu-grid" }, items.map((one) => keyed(one, (key) => desk.press(key))));
  return {
    focus: "Escape", body,
    keys: app.menuTold ? [] : [...items, { key: "F6", act: printBalance }, { key: "F7", act: slipAgain }, { key: "F8", act: openReturn }, { key: "F9", act: why }],
    actions: [{ key: "Escape", label: t("S10_back"), act: leaveMenu }, loud, { key: "F4", label: t("S1_without"), act: withoutCard }],
  };
};

const slipAsked = () => show({ note: t("S10_slip_asked"), told: null });

function printBalance() {
  if (!app.customer) return show({ screen: "S10", menu: "balance", menuTold: [t("S10_1")], told: null });
  return working(async () => { await ask("POST", "/v1/slips", { kind: "balance", customer: app.customer.id }); slipAsked(); });
}

async function showBalance(found) {
  const one = await ask("GET", path("customers", (found.customer || found).id));
  const burn = burning(one), waiting = pendingLot(one);
  sound("found");
  show({ menu: "balance", menuTold: [(one.name + " " + reached(one)).trim(), t("S8_available", { points: points(activePt(one)) }),
    burn ? t("S4_burns", { points: points(burn.pt), day: dayShort(burn.day) }) : null, waiting ? t("S4_pending", { points: points(waiting.pt), day: dayShort(waiting.day) }) : null].filter(Boolean) });
}

async function lastReceipt() {
  if (app.sale && app.sale.document) return app.sale.document;
  const listed = await ask("GET", "/v1/receipts?limit=20");
  const found = listed.documents.find((one) => one.form === 3 || one.form === 4);
  if (!found) throw new Refused({ code: "", what: t("S10_no_receipt"), action: "", safe: "" });
  return found.document;
}

function slipAgain() {
  working(async () => { await ask("POST", "/v1/slips", { kind: "receipt", receipt: await lastReceipt() }); slipAsked(); });
}

function slipsToday() {
  working(async () => {
    const listed = await ask("GET", "/v1/slips?today=1");
    const rows = (listed.slips || []).map((one) => [wallTime(one.created_at), t("X_slip_" + one.kind), t("X_slip_" + one.state)].join(" · "));
    show({ menuTold: [t("S10_4"), ...(rows.length ? rows : [t("S10_no_slips")])] });
  });
}

function registerState() {
  working(async () => {
    await refreshStatus();
    const said = [...app.status.messages, ...(app.status.warnings || [])].map((one) => one.what + " " + one.action + " " + one.safe + " " + one.code);
    show({ menuTold: [t("S10_8"), ...(said.length ? said : [t("S10_in_order")])] });
  });
}

async function returnOf(receipt) {
  const sold = await ask("GET", path("receipts", ...receipt.split("/")));
  sound("found");
  go("S9", { refocus: true, returning: { receipt, sold, lines: {}, quote: null, at: 0, id: null } });
  await quoteReturn();
}

async function quoteReturn() {
  const one = app.returning, chosen = JSON.stringify(one.lines);
  const quote = await ask("POST", "/v1/returns/quote", { receipt: one.receipt, lines: one.lines });
  if (app.returning && app.returning.receipt === one.receipt && JSON.stringify(app.returning.lines) === chosen) show({ returning: { ...app.returning, quote, goods: quote.left } });
}

function changeLine(by) {
  const one = app.returning, good = one && one.goods && one.goods[one.at];
  if (!good) return;
  const had = Number(one.lines[good.number] || 0), now = Math.max(0, Math.min(Number(good.left), had + by)), lines = { ...one.lines };
  if (now) lines[good.number] = String(now); else delete lines[good.number];
  show({ returning: { ...one, lines, quote: null } });
  quoteReturn().catch(tell);
}

// The soonest last day of what becomes usable again; the rest lives longer, or paid a debt.
function pointsBack(quote) {
  const soonest = (quote.lives || []).find((one) => one.last_day), whole = points(quote.restored_pt);
  if (!soonest) return t("S9_points", { points: whole });
  const day = dayLong(soonest.last_day);
  return soonest.points_pt === quote.restored_pt ? t("S9_until", { points: whole, day }) : t("S9_part_until", { points: whole, part: points(soonest.points_pt), day });
}

SCREENS.S9 = () => {
  const one = app.returning;
  const cancel = { key: "Escape", label: t("S9_cancel"), act: () => go(app.customer ? "S4" : "S1", { returning: null }) };
  if (!one) return { focus: "Escape", body: h("div", { class: "middle" }, headed(t("S9_title")), h("p", { class: "large" }, t("S9_scan"))), actions: [cancel] };
  const quote = one.quote, any = Object.keys(one.lines).length > 0;
  const side = (i, by, sign) => h("button", { class: "key small", type: "button", "data-key": sign + i, "aria-label": sign + " " + one.goods[i].name, onclick: () => { app.returning.at = i; changeLine(by); } }, sign);
  const goods = (one.goods || []).map((good, i) => h("div", { class: "good" + (i === one.at ? " at" : "") },
    h("span", { class: "good-name" }, good.name), h("span", {}, t("X_pieces", { n: good.qty })), h("span", {}, t("S9_back")), side(i, -1, "−"), h("b", { class: "figure" }, one.lines[good.number] || "0"), side(i, 1, "+")));
  return {
    focus: "Enter",
    body: h("div", { class: "figures tight scrolling" },
      headed(t("S9_receipt", { at: momentLong(one.sold.at) || "" }), money(one.sold.total_kop)), goods,
      any ? [row(t("S9_money"), quote ? money(quote.money_kop) : null, "total"),
        quote ? line([quote.restored_pt ? pointsBack(quote) : "", quote.cancelled_pt ? t("S9_cancelled", { points: points(quote.cancelled_pt) }) : ""].filter(Boolean).join(" · ")) : null] : line(t("S9_choose"))),
    keys: [{ key: "+", act: () => changeLine(1) }, { key: "-", act: () => changeLine(-1) },
      ...[..."123456789"].map((digit) => ({ key: digit, act: () => { if (one.goods && one.goods[digit - 1]) show({ returning: { ...one, at: digit - 1 } }); } }))],
    actions: [{ key: "Enter", label: t("S9_do", { sum: quote && any ? money(quote.money_kop) : "…" }), kind: "main", off: quote && any ? null : { what: t("S9_choose") }, act: () => working(giveBack) }, cancel],
  };
};

// The id is made once for this return: asking again finds the same one, in any state.
async function giveBack() {
  const one = app.returning;
  one.id = one.id || "return-" + [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const made = await ask("POST", "/v1/returns", { return: one.id, receipt: one.receipt, lines: one.lines }, 60000);
  app.returning = null;
  app.sale = { sale: one.id, return: true, total_kop: one.quote.money_kop, state: "confirmed", since: performance.now(), name: null };
  takeSale(made);
  if (app.sale && !OVER.includes(app.sale.state)) follow(one.id);
}

async function arm() {
  await ask("POST", "/v1/cards/arm", { text: app.customer.id });
  sound("found");
  go("S1", { note: t("S20_next"), customer: null });
  show({ note: t("S20_next") });
}

// A receipt that the till printed itself; whose it is, was said before it (`arm`), or is said now where `claim` allows it.
SCREENS.S20 = () => {
  const one = app.tap, person = one.customer;
  const asks = Boolean(one.claim);
  const title = person ? h("p", { class: "name" }, t("S20_earn", { name: person.name || "", points: points(one.earned_pt) || "…" })) : null;
  return {
    focus: "Enter",
    body: h("div", { class: "figures" },
      h("h1", { class: "banner done" }, "✔ " + t("S20_title", { sum: money(one.total_kop), time: wallTime(one.at) })),
      asks && !person ? h("p", { class: "large" }, t("S20_whose"), " ", ticking(() => clock(TAP_S - seconds(one.since)))) : null,
      title,
      line(t("S20_fixed"))),
    keys: [...(asks && person ? [] : digitsOpenSearch()), { key: "Escape", act: () => show({ tap: null }) }],
    actions: [
      asks && person ? { key: "Enter", label: t("S20_do", { points: points(one.earned_pt) || "" }), kind: "main", act: () => working(claim) }
        : { key: "Enter", label: t("S8_next"), kind: "main", act: () => show({ tap: null }) },
      { key: "F4", label: t("S20_without"), hidden: Boolean(person) && !asks, act: () => show({ tap: null }) },
    ],
  };
};

// What the receipt would give to this customer; nothing is written before Enter.
async function offerClaim(id) {
  const offered = await ask("GET", path("receipts", ...app.tap.document.split("/"), "customer") + "?customer=" + encodeURIComponent(id));
  sound("found");
  go("S1", { tap: { ...app.tap, ...offered }, typed: "", rows: null, form: null });
}

async function claim() {
  const one = app.tap, given = await ask("POST", path("receipts", ...one.document.split("/"), "customer"), { customer: one.customer.id });
  go("S1", { tap: null });
  await openCart();
  show({ note: t("S20_earn", { name: one.customer.name, points: points(given.amount_pt) }) });
}
