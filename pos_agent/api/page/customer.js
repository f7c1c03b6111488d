// S4 customer, S16 the same without a link, S5 spending, S6 the customer's code.
const CODE_S = 300, RESEND_S = 30, TRIES = 3, CODE_DIGITS = 4, MOST_DIGITS = 12;
const WHOLE = 100; // hundredths in a point

async function setCustomer(id, manual) {
  if (app.tap && app.tap.claim && !app.tap.customer) return offerClaim(id);
  let draft = null, person = null;
  if (app.cart) {
    draft = await put(path("sales", app.cart.sale, "customer"), { customer: id });
    person = draft.customer;
  }
  if (!person) person = await ask("GET", path("customers", id));
  sound("found");
  sleepless();
  go("S4", { customer: person, manual: Boolean(manual), cart: draft ? { ...app.cart, ...draft } : app.cart, typed: "", rows: null, form: null, spend: "", back: null, menu: null });
}

async function removeCustomer() {
  if (app.cart && app.cart.customer_id) await put(path("sales", app.cart.sale, "customer"), { customer: null });
  go("S1", { customer: null, spend: "", typed: "" });
  await openCart();
}

const activePt = (one) => (one.balance ? one.balance.active_pt : undefined);
const choices = () => (app.cart && app.customer && app.cart.choices) || {};
const earnedPt = () => (choices().accrue ? choices().accrue.earned_pt : null);
const limitPt = () => (choices().spend ? choices().spend.max_pt : null);

// What burns next, by its last usable day, and what waits: {day, pt} or null.
const burning = (one) => (one.balance && one.balance.expiry_day ? { day: one.balance.expiry_day, pt: one.balance.expiry_pt } : null);
const pendingLot = (one) => (one.balance && one.balance.pending_pt ? { day: one.balance.pending_from, pt: one.balance.pending_pt } : null);

// A phone or a card, enough of it to tell one from another and no more.
const reached = (one) => one.phone || (one.card ? "*" + one.card.replace(/[^0-9A-Za-z]/g, "").slice(-4) : "");

function whoIsIt(one) {
  const level = one.level && one.level.name ? one.level.name + (one.level.rate_bp ? " · " + points(one.level.rate_bp) + " %" : "") : "";
  return h("div", { class: "headed" }, h("h1", { class: "name" }, (one.name || reached(one)) + " ", h("span", { class: "second" }, one.name ? reached(one) : "")), h("span", { class: "side" }, level));
}

function stampsShown(one) {
  const cards = (one.punch_cards || []).map((card) => t("S4_stamps", { name: card.name, have: plural("X_stamps", card.have), all: card.every }));
  const coupons = (one.coupons || []).length;
  const told = [...cards, coupons ? t("S4_coupons", { count: coupons }) : t("S4_no_coupons")].join(" · ");
  return told.charAt(0).toUpperCase() + told.slice(1);
}

// How much more to the next level, of money or of visits.
function nextLevel(one) {
  const level = one.level || {}, left = level.next_left_kop ? money(level.next_left_kop) : level.next_left_visits ? plural("X_visits", level.next_left_visits) : null;
  return level.next && left ? h("span", { class: "side second" }, t("S4_next", { level: level.next, left })) : null;
}

SCREENS.S4 = () => {
  const one = app.customer, sum = cartSum(), earned = earnedPt(), limit = limitPt();
  if (!one) return SCREENS.S1();
  const debt = one.balance ? one.balance.debt_pt : 0;
  const burn = burning(one), waiting = pendingLot(one);
  const cloud = cloudState(), away = offline(), since = away ? heardFrom(cloud.since) : null;
  const spoken = activePt(one) !== undefined ? t("S4_available") + " " + points(activePt(one)) : "";
  const account = away ? [
    h("p", { class: "offline-line" }, "○ " + (since === null ? t("X_no_link") : t("S16_title", { time: since, age: age((Date.now() - Date.parse(cloud.since)) / 1000) }))),
    whoIsIt(one),
    h("p", { class: "big" }, since === null ? [t("S4_available") + " ", figure(points(activePt(one)))] : t("S16_account", { points: points(activePt(one)) || "…", time: since })),
    limit === null ? null : h("p", { class: "big" }, t("S16_here", { points: points(limit) })),
    app.told || app.note ? null : line(t("S16_rest"), "second"),
  ] : [
    whoIsIt(one),
    h("div", { class: "headed" }, h("p", { class: "big" }, t("S4_available") + " ", figure(points(activePt(one)))), nextLevel(one)),
    app.told || app.note ? null : burn ? line(t("S4_burns", { points: points(burn.pt), day: dayShort(burn.day) })) : null,
    waiting && waiting.day ? line(t("S4_pending", { points: points(waiting.pt), day: dayShort(waiting.day) })) : null,
    debt ? line(t("S4_debt", { points: points(debt) })) : null,
    one.no_offer ? line(t("S4_no_offer"), "second") : null,
    activePt(one) === 0 && earned ? line(t("S4_none_yet", { points: points(earned) })) : null,
    app.told || app.note ? null : line(stampsShown(one), "second"),
  ];
  return {
    focus: "Enter", kind: away ? "S16" : "",
    live: "polite", says: [one.name, spoken, sum === null ? "" : t("S4_pay") + " " + money(sum)].join(". "),
    body: h("div", { class: away ? "figures dense" : "figures", "data-offline": away ? "S16" : null }, account,
      lastTouchAsked() ? h("p", { class: "warn-line" }, "! ", ticking(() => t("S4_ask_away", { time: clock(AWAY_REMOVE_S - seconds(lastTouch)) }))) : null,
      app.cart ? row(t("S4_pay"), money(sum), "total") : line(isTap() ? t("S20_next") : t("S4_no_goods"))),
    mains: choiceButtons(earned, limit),
    keys: [{ key: "Escape", act: () => (isTap() ? go("S1", { customer: null }) : working(removeCustomer)) }, { key: "/", act: openMenu }, { key: "F7", act: slipAgain }, { key: "F2", act: () => go("S2", { typed: "", rows: null }) }],
    actions: [
      { key: "-", label: t("S4_remove"), act: () => working(removeCustomer) },
      { key: "F6", label: t("S4_balance"), act: printBalance },
      { key: "F9", label: t("S4_why"), act: why },
      { key: "F4", label: t("S1_without"), act: withoutCard },
    ],
  };
};

function choiceButtons(earned, limit) {
  if (isTap()) return [{ key: "Enter", label: t("S20_next"), kind: "main", act: () => working(arm) }];
  if (!app.cart) return [];
  const nothing = !limit || limit < WHOLE;
  const limited = choices().spend && choices().spend.limit;
  const reason = limited ? t("S5_none_why", { why: onScreen(limited) }) : t("S5_none");
  return [
    { key: "Enter", label: earned === null ? t("X_wait") : t("S4_earn", { points: points(earned) }), kind: "main", off: earned === null ? { what: t("X_wait") } : null, act: () => working(() => confirm("none")) },
    { key: "*", label: nothing ? t("S4_spend_none") : t("S4_spend", { points: points(limit) }), kind: "main second-main", off: nothing ? { code: "PTS-01", what: reason } : null,
      act: () => go("S5", { spend: "", spendTop: limit, quoted: null }) },
  ];
}

// Three round sums under the limit; under 100 only everything.
function presets(limit) {
  const whole = Math.floor(limit / WHOLE);
  if (whole < 100) return [];
  let size = 10;
  for (let ten = 10; ten < whole; ten *= 10) for (const k of [1, 2, 5]) if (3 * k * ten < whole) size = k * ten;
  return [size, 2 * size, 3 * size];
}

// What is typed, in hundredths: one digit is a preset's key, more are a sum. A rising limit raises nothing.
function spendPt() {
  const limit = limitPt(), top = Math.min(limit, app.spendTop), ready = presets(limit);
  if (app.spend === "" || app.spend === "4") return top;
  const preset = app.spend.length === 1 ? ready[Number(app.spend) - 1] : undefined;
  return (preset === undefined ? Number(app.spend) : preset) * WHOLE;
}

SCREENS.S5 = () => {
  const limit = limitPt(), chosen = spendPt(), ready = presets(limit), now = choices().spend;
  const over = chosen > limit, whole = chosen === limit;
  const quoted = whole ? now : app.quoted && app.quoted.pt === chosen && app.quoted.of === cartSum() ? app.quoted : null;
  if (!quoted && !over && chosen > 0) quoteExact(chosen);
  const pay = over || !chosen ? null : quoted ? quoted.payable_kop : null;
  const press = (key) => desk.press(key);
  const offers = [...ready.map((sum, i) => ({ key: String(i + 1), label: points(sum * WHOLE), pressed: chosen === sum * WHOLE })), { key: "4", label: t("S5_all", { points: points(limit) }), pressed: whole }];
  const digit = (key) => ({ key, act: () => { if (app.spend.length < 6) show({ spend: app.spend + key, told: null }); } });
  return {
    focus: "field",
    live: "polite", says: pay === null ? "" : t("S5_will") + " " + money(pay),
    body: h("div", { class: "two" },
      h("div", { class: "figures tight" },
        headed(t("S5_title"), t("S5_available", { points: points(activePt(app.customer)) })),
        line(now.limit ? t("S5_limit", { points: points(limit), why: onScreen(now.limit) }) : t("S5_limit_only", { points: points(limit) }), "second"),
        h("div", { class: "presets" }, offers.map((one) => keyed({ kind: "preset", ...one }, press))),
        h("div", { class: "form-row" }, h("span", {}, t("S5_points")), field(t("S5_points"), app.spend.length > 1 || (app.spend && !ready.length) ? app.spend : points(chosen), "small")),
        over ? h("p", { class: "warn-line" }, "! " + t("S5_too_much", { points: points(limit) }), h("small", {}, " PTS-02")) : null,
        over ? null : row(t("S5_now"), money(choices().accrue ? choices().accrue.payable_kop : cartSum()), "second"),
        row(t("S5_will"), pay === null ? null : money(pay), "total"),
        quoted && !over && quoted.earned_pt !== null ? line(t("S5_after", { earned: points(quoted.earned_pt), left: points(activePt(app.customer) - chosen) })) : null),
      pad(press)),
    keys: [...[..."0123456789"].map(digit), { key: "*", act: () => show({ spend: "", spendTop: limit }) }, { key: "F9", act: why }, { key: "Backspace", act: () => show({ spend: app.spend.slice(0, -1), told: null }) }],
    actions: [
      { key: "Enter", label: t("S5_spend", { points: over ? "…" : points(chosen) }), kind: "main",
        off: over ? { code: "PTS-02", what: t("S5_too_much", { points: points(limit) }) } : !quoted ? { what: t("X_wait") } : null,
        act: () => working(() => confirm(whole ? "max" : "exact", chosen)) },
      { key: "Escape", label: t("S5_not"), act: () => go("S4", { spend: "", quoted: null }) },
      { key: "F4", label: t("S1_without"), act: withoutCard },
    ],
  };
};

let quoting = 0;
async function quoteExact(pt) {
  const mine = ++quoting, of = cartSum(), now = choices();
  if (!app.cart.basket) return exactByRatio(pt, of, now);
  await new Promise((done) => setTimeout(done, 60));
  if (mine !== quoting) return undefined;
  try {
    const told = await ask("POST", "/v1/quote", { basket: { ...app.cart.basket, spend: "exact", spend_pt: pt }, customer: app.customer.id });
    const totals = told.quote.totals;
    if (mine === quoting && totals.points_pt === pt) show({ quoted: { pt, of, payable_kop: totals.payable_kop, earned_pt: totals.accrued_pt } });
  } catch (error) {
    if (mine === quoting) tell(error, true);
  }
  return undefined;
}

// Without the basket: each point takes off the same, so what is to pay is exact; what is earned stays unsaid.
// Should the agent's own price differ, `confirm` tells it before anything is printed.
function exactByRatio(pt, of, now) {
  const off = (now.accrue.payable_kop - now.spend.payable_kop) * pt;
  if (off % now.spend.max_pt) return;
  app.quoted = { pt, of, payable_kop: now.accrue.payable_kop - off / now.spend.max_pt, earned_pt: null };
  setTimeout(draw, 0);
}

// The program may want the customer's code first. Nothing is spent before the document is read back.
async function confirm(spend, pt, said) {
  const asks = spend !== "none" && choices().spend && choices().spend.confirm && !said;
  if (asks) return askCode(spend, pt);
  const body = { spend, ...(spend === "exact" ? { spend_pt: pt } : {}), ...(app.manual ? { manual: true } : {}), ...(said || {}) };
  try {
    const sale = await ask("POST", path("sales", app.cart.sale, "confirm"), body);
    return beginSale({ ...app.cart, ...sale });
  } catch (error) {
    if (!(error instanceof Refused) || !/^COD-/.test(error.code)) throw error;
    if (app.screen !== "S6") return askCode(spend, pt);
    const wrong = error.code === "COD-01";
    show({ code: "", codeState: { ...app.codeState, left: wrong ? Math.max(0, app.codeState.left - 1) : app.codeState.left } });
    throw error;
  }
}

async function askCode(spend, pt) {
  const state = { sent: performance.now(), left: TRIES, spend, pt: pt === undefined ? limitPt() : pt };
  go("S6", { code: "", senior: false, codeState: state });
  askSeniors();
  const sent = await ask("POST", path("sales", app.cart.sale, "code"), { amount_pt: state.pt }, 27000);
  if (typeof sent.tries === "number") show({ codeState: { ...state, left: sent.tries } });
}

SCREENS.S6 = () => {
  const state = app.codeState, again = () => RESEND_S - seconds(state.sent), most = app.senior ? MOST_DIGITS : CODE_DIGITS;
  const said = () => (app.senior ? { senior: senior(), pin: app.code } : { code: app.code });
  const send = () => working(() => confirm(state.spend, state.pt, said()));
  const label = again() > 0 ? ticking(() => (again() > 0 ? t("S6_again_in", { time: clock(again()) }) : t("S6_again"))) : t("S6_again");
  const spent = points(state.pt);
  return {
    focus: "field",
    body: h("div", { class: "two" },
      h("div", {},
        headed(t("S6_title", { points: spent })),
        h("p", { class: "text" }, ticking(() => t("S6_sent", { phone: (app.customer || {}).phone || "…", time: clock(CODE_S - seconds(state.sent)) }))),
        app.senior ? seniorName() : null,
        field(app.senior ? t("S6_senior_pin") : t("S6_title", { points: spent }), app.senior ? "●".repeat(app.code.length) || t("S6_senior_pin") : boxes(app.code, CODE_DIGITS), "boxes"),
        line(t("S6_left", { count: state.left }))),
      pad((key) => desk.press(key))),
    keys: [...typing("code", most, () => { if (!app.senior && app.code.length === CODE_DIGITS) send(); }), erasing("code"), ...(app.senior ? [seniorKey()] : []), { key: "Enter", act: () => (app.code ? send() : undefined) }],
    actions: [
      { key: "F2", label, off: again() > 0 ? { what: t("S6_again_in", { time: clock(again()) }) } : null, act: () => working(() => askCode(state.spend, state.pt)) },
      { key: "F10", label: t(app.senior ? "S6_customer" : "S6_senior"), off: app.seniors && !app.seniors.length ? { what: t("S6_no_seniors") } : null, act: () => show({ senior: !app.senior, code: "" }) },
      { key: "Escape", label: t("S6_without"), act: () => working(() => confirm("none")) },
      { key: "F4", label: t("S1_without"), act: withoutCard },
    ],
  };
};

// Seniors by name, each a press of one key further: a numeric pad has no letters. The last one is remembered.
async function askSeniors() {
  try {
    show({ seniors: (await ask("GET", "/v1/seniors")).seniors });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
const senior = () => { const all = app.seniors || [], was = kept("senior"); return all.includes(was) ? was : all[0] || ""; };
function nextSenior() {
  const all = app.seniors || [];
  if (all.length) keep("senior", all[(all.indexOf(senior()) + 1) % all.length]);
  draw();
}
const seniorKey = () => ({ key: "*", label: t("S6_senior_name", { name: senior() || "…" }), kind: "item", act: nextSenior });
const seniorName = () => (app.seniors && !app.seniors.length ? line(t("S6_no_seniors"), "second") : keyed(seniorKey(), (key) => desk.press(key)));
