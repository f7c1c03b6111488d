// S0 entrance, S1 ready, S2 search, S3 new card; and who a scanned code is.
const ENTRY_DIGITS = 6, PHONE_DIGITS = 10, LAST_DIGITS = 4;
const typing = (name, most, then) => [..."0123456789"].map((digit) => ({ key: digit, act: () => {
  if (app[name].length < most) show({ [name]: app[name] + digit, told: null });
  if (then) then();
} }));
const erasing = (name) => ({ key: "Backspace", act: () => show({ [name]: app[name].slice(0, -1), told: null }) });
const boxes = (text, count) => [..."_".repeat(count)].map((_, i) => h("span", { class: "box" }, text[i] || "\u00a0"));

SCREENS.S0 = () => ({
  focus: "field",
  body: h("div", { class: "two" },
    h("div", {}, headed(t("S0_title")), line(t("S0_ask")), field(t("S0_ask"), boxes(app.code, ENTRY_DIGITS), "boxes"), line(t("S0_where"), "second")),
    pad((key) => desk.press(key))),
  keys: [...typing("code", ENTRY_DIGITS), erasing("code")],
  actions: [{ key: "Enter", label: t("S0_enter"), kind: "main", act: () => working(enter) }],
});

async function enter() {
  const given = await ask("POST", "/v1/enter", { code: app.code });
  keep(PAGE.token, given.token);
  go("S1", { token: given.token, code: "" });
  connect();
}

function onStranger() {
  keep(PAGE.token, null);
  show({ token: null, code: "", customer: null, cart: null, sale: null, silentSince: null });
}

SCREENS.S1 = () => ({
  focus: "Enter",
  body: h("div", { class: "middle" },
    app.cart && app.cart.ask && app.cart.till_wait_s ? line(t("X_asked", { time: clock(app.cart.till_wait_s) }), "second") : null,
    h("p", { class: "large" }, t("S1_scan")),
    h("p", { class: "large second" }, t("S1_or")),
    app.cart ? row(t("S1_goods", { count: plural("X_goods", goodsCount()) }), money(cartSum())) : null,
    app.cart && app.cart.loyalty === "late" ? line("! " + t("X_late"), "warn-line") : null,
    line(t("S1_no_card"), "second")),
  keys: [...digitsOpenSearch(), { key: "F2", act: () => go("S2", { typed: "", rows: null }) }, { key: "F8", act: openReturn }, { key: "F7", act: slipAgain }, { key: "F9", act: why }, { key: "Escape", act: () => show({ told: null, note: null }) }],
  actions: [
    { key: "F4", label: t("S1_without"), act: withoutCard },
    { key: "+", label: t("S1_new"), act: () => openNew("") },
    { key: "/", label: t("S1_menu"), act: openMenu },
  ],
});

const goodsCount = () => ((app.cart.quote && app.cart.quote.lines) || []).length;
const digitsOpenSearch = () => [..."0123456789"].map((digit) => ({ key: digit, act: () => go("S2", { typed: digit, rows: null }) }));

SCREENS.S2 = () => {
  const rows = app.rows;
  const picks = (rows || []).map((one, i) => ({ key: String(i + 1), label: one.name + " · " + reached(one), act: () => working(() => setCustomer(one.id, true)) }));
  const digits = rows ? [] : typing("typed", PHONE_DIGITS, () => { if (app.typed.length === PHONE_DIGITS) laterFind(app.typed); });
  return {
    focus: "field",
    live: "polite", says: rows ? t("S2_several") : "",
    body: h("div", { class: rows ? "one" : "two" },
      h("div", {},
        headed(rows ? t("S2_several") : t("S2_title")),
        rows ? h("div", { class: "picks" }, picks.map((one) => keyed(one, (key) => desk.press(key))))
          : [field(t("S2_title"), phoneShown(app.typed, true)), slow() ? line(t("S2_searching"), "busy") : [line(t("S2_tenth")), line(t("S2_last"))], line(t("S2_scan"), "second")]),
      rows ? null : pad((key) => desk.press(key))),
    keys: [...digits, ...picks, rows ? { key: "Backspace", act: () => show({ rows: null }) } : erasing("typed"), { key: "+", act: () => openNew(app.typed) }],
    actions: [
      { key: "Enter", label: t("S2_find"), kind: "main", hidden: Boolean(rows), act: () => working(() => find(app.typed)) },
      { key: "Escape", label: t("S2_back"), act: () => (rows ? show({ rows: null }) : go(app.customer ? "S4" : "S1", { typed: "" })) },
      { key: "F4", label: t("S1_without"), act: withoutCard },
    ],
  };
};

// A scanner's digits may still be taken back: the search starts when they settle.
function laterFind(wanted) {
  setTimeout(() => { if (app.screen === "S2" && app.typed === wanted && !app.rows) working(() => find(wanted)); }, SCAN_SILENCE_MS + 10);
}

async function find(text) {
  const wanted = text.length === PHONE_DIGITS ? "+7" + text : text;
  if (wanted.length < LAST_DIGITS) throw new Refused({ code: "", what: t("S2_last"), action: "", safe: "" });
  const found = await ask("GET", "/v1/customers?find=" + encodeURIComponent(wanted));
  const people = found.customers || [];
  if (people.length === 1) return setCustomer(people[0].id, true);
  sound("missing");
  if (found.more) return tell(new Refused({ code: "CUS-07", what: t("S2_more"), action: "", safe: "" }), true);
  if (people.length) return show({ rows: people.slice(0, 5) });
  if (text.length === PHONE_DIGITS) return openNew(text, true);
  return tell(new Refused({ code: "CUS-01", ...PAGE.messages["CUS-01"] }), true);
}

function openNew(phone, unknown) {
  go("S3", { typed: phone, rows: null, form: { name: "", consent: false, advertising: false, unknown: Boolean(unknown) } });
}

SCREENS.S3 = () => {
  const form = app.form, whole = app.typed.length === PHONE_DIGITS;
  const title = form.unknown && whole ? t("S3_title", { phone: "*" + app.typed.slice(6, 8) + "-" + app.typed.slice(8) }) : t("S3_new");
  const box = (key, name, text) => ({ key, label: (form[name] ? "✔ " : "☐ ") + text, kind: "tick", pressed: form[name], act: () => show({ form: { ...form, [name]: !form[name] }, told: null }) });
  const ticks = [box("1", "consent", t("S3_consent")), box("2", "advertising", t("S3_messages"))];
  const name = h("input", { type: "text", "data-key": "name", maxlength: "60", autocomplete: "off", value: form.name, placeholder: t("S3_later"), "aria-label": t("S3_name"), oninput: (event) => { app.form.name = event.target.value; } });
  return {
    focus: whole ? "name" : "field",
    body: h("div", { class: whole ? "one" : "two" }, h("div", {},
      headed(title),
      h("div", { class: "form-row" }, h("span", {}, t("S3_phone")), field(t("S3_phone"), phoneShown(app.typed, true), "small")),
      h("label", { class: "form-row" }, h("span", {}, t("S3_name")), name),
      line(t("S3_ask")),
      ticks.map((one) => keyed(one, (key) => desk.press(key)))),
      whole ? null : pad((key) => desk.press(key))),
    keys: whole ? [...ticks, erasing("typed")] : [...typing("typed", PHONE_DIGITS), erasing("typed")],
    actions: [
      { key: "Enter", label: t("S3_issue"), kind: "main", act: () => (app.form.consent ? working(issue) : show({ told: { what: t("S3_need"), action: "", code: "CUS-08", times: 1, at: performance.now() } })) },
      { key: "Escape", label: t("S3_other"), act: () => go("S2", { typed: "", rows: null }) },
      { key: "F4", label: t("S1_without"), act: withoutCard },
    ],
  };
};

async function issue() {
  const { name, consent, advertising } = app.form;
  const made = await ask("POST", "/v1/customers", { name, phone: "+7" + app.typed, consent, advertising });
  await setCustomer(made.id);
}

// What a scanned code means, the agent says: the page knows no code by its looks.
function scanned(text) {
  sleepless();
  if (!app.token) return undefined;
  const name = currentScreen();
  if (["S7", "S11", "S12"].includes(name)) {
    sound("refused");
    return show({ told: { code: "CUS-05", what: t("X_busy"), action: "", safe: "", times: 1, at: performance.now() } });
  }
  return working(async () => {
    const found = await ask("POST", "/v1/scans", { text });
    await (SCANNED[found.kind] || SCANNED.unknown)(found);
  });
}

const SCANNED = {
  customer: (found) => (app.menu === "balance" ? showBalance(found) : setCustomer((found.customer || found).id)),
  several: (found) => go("S2", { rows: found.customers.slice(0, 5), typed: "" }),
  coupon: (found) => addCode(found.code),
  certificate: (found) => { sound("found"); show({ note: t("X_certificate", { sum: found.accounts.map((one) => money(one.left_kop)).filter(Boolean).join(", ") || "…" }) }); },
  receipt: (found) => returnOf(found.receipt || found.document),
  invitation: (found) => invited(found),
  goods: () => { sound("refused"); show({ note: t("X_goods_code") }); },
  unknown: () => { sound("missing"); tell(new Refused({ code: "CUS-03", ...PAGE.messages["CUS-03"] }), true); },
};

// The buyer of an earlier receipt brings its invitation: it is his as soon as it is known who he is.
function invited(found) {
  if (!found.claim) { sound("missing"); return show({ note: t("X_invited_not") }); }
  tapped(found);
  return app.customer ? offerClaim(app.customer.id) : go("S1", {});
}

// A coupon becomes part of the draft's basket, where the agent shows the basket; what it gives, the new price says.
async function addCode(code) {
  if (!app.cart || !app.cart.basket) { sound("missing"); return show({ note: t("X_coupon_till") }); }
  const codes = [...new Set([...(app.cart.basket.codes || []), code])];
  const cart = await put(path("sales", app.cart.sale, "basket"), { basket: { ...app.cart.basket, codes } });
  const used = ((cart.quote || {}).applied || []).length > ((app.cart.quote || {}).applied || []).length;
  sound(used ? "found" : "missing");
  show({ cart: { ...app.cart, ...cart }, note: used ? t("X_coupon", { name: code }) : t("X_coupon_no") });
}
