// S7 printing, S8 done, S11 checking, S12 a senior decides. The page never begins a second sale for the same one.
const HELP_AFTER_S = 10, DOUBT_AFTER_S = 30, NEXT_AFTER_S = 4, PIN_DIGITS = 12;
const STATES = { not_executed: "refused", unfinished: "checking" };
const OVER = ["registered", "refused", "dropped"];
let following = 0;

// `checking` while the agent carries it out is the printing itself; without that it is a doubt.
function stateOf(sale) {
  if (sale.state === "checking" && sale.running) return "sent";
  return STATES[sale.state] || sale.state;
}

// The choice is made; the till takes the money and has it printed under its own id. The page never prints a sale.
function beginSale(sale) {
  app.sale = { ...sale, state: "confirmed", since: performance.now(), name: app.customer ? app.customer.name || app.customer.card : null };
  go("S7", { code: "", quoted: null });
  follow(sale.sale);
}

// Until it is over: the first answers at once, the next ones when something changes.
async function follow(id) {
  const mine = ++following;
  let look = "", same = false;
  while (mine === following && app.sale && app.sale.sale === id && !OVER.includes(app.sale.state)) {
    try {
      const now = await ask("GET", path("sales", id) + (same ? "?wait_s=5" : ""), null, 12000);
      same = look === now.state + now.running;
      look = now.state + now.running;
      if (mine === following) takeSale(now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      same = false;
    }
    await new Promise((done) => setTimeout(done, 300));
  }
}

// News of it came another way: what happened just before a held question is not told by it.
async function lookAgain() {
  const mine = following, id = app.sale.sale;
  try {
    const now = await ask("GET", path("sales", id));
    if (mine === following && app.sale && app.sale.sale === id) takeSale(now);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function takeSale(now) {
  const known = app.sale && app.sale.sale === now.sale ? app.sale : { since: performance.now() };
  const sale = { ...known, ...now, ...(now.answer || {}), state: stateOf(now), customer: now.answer ? now.answer.customer : now.customer_id };
  if (sale.state === "draft") { // the choice was undone; a cashier who went back himself is at the next one already
    following++;
    if (known.hidden) show({ sale: null }); else go("S1", { sale: null });
    return openCart();
  }
  if (sale.state === "sent" && known.state !== "sent") Object.assign(sale, { since: performance.now(), sentAt: performance.now(), hidden: false });
  if (sale.state === "sent" && known.state === "checking") sale.state = "checking"; // a doubt ends by a result only
  if (sale.state === "registered") return doneSale(sale);
  if (OVER.includes(sale.state)) {
    following++;
    go("S1", { sale: null, customer: null, choice: null, pin: "", refused: sale.state === "refused" ? { total_kop: sumOf(sale), at: performance.now() } : null });
    openCart();
    refreshStatus();
    return now.error ? tell(new Refused(now.error, 409), false, true) : undefined;
  }
  if (["checking", "needs_operator"].includes(sale.state) && known.state !== sale.state) bothSides(sale.sale);
  return show({ sale, help: app.help && known.state === sale.state });
}

// What was going to be registered, and the receipts that the printer has since: for the eyes of a person.
async function bothSides(id) {
  if (!app.seniors) askSeniors();
  try {
    const told = await ask("GET", path("sales", id, "doubt"));
    if (!app.sale || app.sale.sale !== id || !["checking", "needs_operator"].includes(app.sale.state)) return;
    const documents = (told.documents || []).filter((one) => !one.claimed).slice(0, 2);
    if (app.choice !== null && JSON.stringify(documents) !== JSON.stringify(app.sale.documents)) show({ choice: null, pin: "" });
    show({ sale: { ...app.sale, after_fd: told.after_fd, begun_at: told.begun_at, total_kop: told.total_kop, expected: told.expected, lines: told.lines, read: told.read, documents } });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

async function doneSale(sale) {
  following++;
  go("S8", { sale, refused: null, cart: null, spend: "", quoted: null, choice: null, pin: "", doneAt: performance.now(), after: null });
  if (!sale.customer) return;
  try {
    show({ after: await ask("GET", path("customers", sale.customer)) });
  } catch (error) {
    if (!(error instanceof Refused)) throw error; // the figure stays a grey bar: the sale is done all the same
  }
}

SCREENS.S7 = () => {
  const sale = app.sale, sent = sale.state !== "confirmed";
  const waiting = !sent;
  return {
    live: "polite", says: t("S7_registering"),
    body: h("div", { class: "figures" },
      headed(t("S7_title", { sum: money(sumOf(sale)) || "" })),
      step("✔", t("S7_counted")),
      waiting ? step("▶", t("S7_waits_till"), ticking(() => t("X_seconds", { s: Math.floor(seconds(sale.since)) }))) : step("✔", t("S7_sent")),
      waiting ? null : step("▶", t("S7_registering"), ticking(() => t("X_seconds", { s: Math.floor(seconds(sale.since)) }))),
      sale.customer_id || sale.customer ? step("○", t("S7_slip")) : null,
      line(t("S7_on"), "verdict strong")),
    actions: [
      { key: "Escape", label: t("X_back"), hidden: !waiting, act: () => (waiting ? show({ screen: "S1", customer: null, sale: { ...sale, hidden: true } }) : undefined) },
      ...(seconds(sale.since) > HELP_AFTER_S ? [{ key: "F10", label: t("X_help"), always: true, act: () => show({ help: true }) }] : []),
    ],
  };
};
const sumOf = (sale) => (typeof sale.total_kop === "number" ? sale.total_kop : sale.told ? sale.told.payable_kop : sale.quote && sale.quote.totals ? sale.quote.totals.payable_kop : null);

SCREENS.S8 = () => {
  const sale = app.sale || {}, after = app.after, known = Boolean(sale.customer), name = (after && after.name) || sale.name || "";
  const burn = after ? burning(after) : null, active = after ? activePt(after) : null, waiting = after ? pendingLot(after) : null;
  const isReturn = sale.restored_pt || sale.cancelled_pt || sale.return;
  const moved = isReturn ? t("S8_back", { name, back: points(sale.restored_pt || 0), cancelled: points(sale.cancelled_pt || 0) })
    : sale.spent_pt ? t("S8_moved", { name, spent: points(sale.spent_pt), earned: points(sale.accrued_pt || 0) })
    : t("S8_earned", { name, earned: points(sale.accrued_pt || 0) });
  const shown = active === null ? figure(null)
    : waiting && sale.accrued_pt ? t("S8_new_from", { points: points(active), earned: points(sale.accrued_pt), day: dayShort(waiting.day) }) : t("S8_available", { points: points(active) });
  const say = active === null ? null : burn && burn.pt < active ? t("S8_say_of", { points: pointsInWords(active), part: points(burn.pt), day: dayInWords(burn.day) }) : t("S8_say", { points: pointsInWords(active) });
  return {
    focus: "Enter", kind: "done",
    live: "polite", says: say || moved,
    body: h("div", { class: "figures" },
      h("h1", { class: "banner done" }, "✔ " + t(isReturn ? "S8_return_done" : "S8_done", { sum: money(sumOf(sale)) || "" })),
      known ? [h("p", { class: "name" }, moved), h("p", { class: "after" }, shown), say ? h("p", { class: "say" }, say) : null] : line(t("S8_without"), "name"),
      h("p", { class: "second" }, ticking(() => t("S8_self", { seconds: Math.max(0, Math.ceil(NEXT_AFTER_S - seconds(app.doneAt))) })))),
    keys: [{ key: "Escape", act: next }, ...[..."0123456789"].map((digit) => ({ key: digit, act: () => { next(); show({ screen: "S2", typed: digit, rows: null }); } }))],
    actions: [
      { key: "Enter", label: t("S8_next"), kind: "main", act: next },
      { key: "F7", label: t("S8_slip"), act: () => { app.doneAt = performance.now(); slipAgain(); } },
      { key: "F9", label: t("S8_why"), act: why },
    ],
  };
};

function next() {
  go("S1", { last: app.sale, sale: null, customer: null, after: null, typed: "" });
  openCart();
}

SCREENS.S11 = () => {
  const sale = app.sale, answered = app.status && app.status.printer.connected, fd = sale.after_fd;
  return {
    live: "assertive", says: t("S11_title", { sum: money(sumOf(sale)) || "" }) + ". " + t("S11_not_again"),
    body: h("div", { class: "figures" },
      h("h1", { class: "banner alarm" }, "! " + t("S11_title", { sum: money(sumOf(sale)) || "" })),
      h("p", { class: "big strong" }, t("S11_not_again")),
      answered ? step("✔", t("S11_answered")) : step("▶", t("S11_waiting"), ticking(() => clock(seconds(sale.since)))),
      fd ? step("✔", t("S11_before", { fd })) : null,
      fd && answered ? step("▶", t("S11_reading", { fd: fd + 1 }), ticking(() => clock(seconds(sale.since)))) : null,
      line(t("S11_money"), "verdict strong"),
      line(t("S11_busy"), "verdict")),
    actions: [{ key: "F10", label: t("X_help"), always: true, act: () => show({ help: true }) }],
  };
};

function paidBy(one) {
  const [cash, card] = one.paid ? [one.paid.cash_kop, one.paid.cashless_kop] : (one.expected && one.expected.payments_kop) || [];
  return cash && card ? t("S12_mixed") : cash ? t("S12_cash") : card ? t("S12_card") : "—";
}
const CLOCKS_MIN = 5; // ours is when it began, theirs the printer's own clock: so much apart they are the same moment
const inMinutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
function unlike(mine, theirs, key) {
  if (key !== "S12_time" || !/^\d\d:\d\d/.test(mine) || !/^\d\d:\d\d/.test(theirs) || mine.slice(5) !== theirs.slice(5)) return mine !== theirs;
  const apart = Math.abs(inMinutes(mine) - inMinutes(theirs));
  return Math.min(apart, 1440 - apart) > CLOCKS_MIN;
}
const facts = (one) => ({
  S12_sum: (money(one.total_kop) || "—").replace(THIN + "₽", ""),
  S12_payment: paidBy(one),
  S12_time: (wallTime(one.at || one.begun_at) || "—") + (one.items === undefined && !one.lines ? "" : ", " + (one.items === undefined ? one.lines.length : one.items)),
});
SCREENS.S12 = () => {
  const sale = app.sale, found = (sale.documents || []).slice(0, 2), ours = { ...sale, paid: null, at: null, items: undefined, total_kop: sumOf(sale) };
  const head = h("tr", {}, h("td", {}), h("th", {}, t("S12_ours")), found.length ? found.map((one) => h("th", {}, t("S12_fd", { fd: fdOf(one) }))) : h("th", {}, sale.read ? t("S12_none") : "…"), h("td", {}));
  const rows = Object.entries(facts(ours)).map(([key, mine]) => {
    const theirs = found.map((one) => facts(one)[key]), differs = theirs.some((one) => unlike(mine, one, key));
    return h("tr", { class: differs ? "differs" : "" }, h("th", {}, t(key)), h("td", {}, mine), theirs.length ? theirs.map((one) => h("td", {}, one)) : h("td", {}, "—"), h("td", { class: "sign" }, differs ? "≠" : ""));
  });
  const equal = found.filter((one) => one.equal || one.unreadable), readable = Boolean(sale.read && app.status && app.status.printer.connected);
  const mine = found.map((one, i) => ({ key: String(i + 1), label: found.length > 1 ? t("S12_is_ours_fd", { fd: fdOf(one) }) : t("S12_is_ours"), pressed: app.choice === i, act: () => show({ choice: i, told: null }) }));
  const absent = { key: String(found.length + 1), label: t("S12_absent"), pressed: app.choice === "absent", act: () => show({ choice: "absent", told: null }),
    off: !readable ? { what: t("S12_not_read") } : equal.length ? { what: t("S12_equal") } : null };
  const options = [...mine, absent].map((one) => ({ kind: "option", ...one })), chosen = app.choice !== null;
  const digits = chosen ? typing("pin", PIN_DIGITS) : options;
  return {
    focus: null, live: "assertive", says: t("S12_title"),
    body: h("div", { class: chosen ? "two" : "one" }, h("div", { class: "figures tight" },
      h("h1", { class: "banner alarm low" }, "! " + t("S12_title")),
      h("table", {}, head, rows),
      h("div", { class: "options" }, options.filter((one) => !chosen || one.pressed).map((one) => keyed(one, () => { if (chosen) show({ choice: null, pin: "" }); else desk.press(one.key); })), chosen ? seniorName() : null),
      chosen ? null : line(absent.off ? absent.off.what : t("S12_senior"), "second")),
      chosen ? h("div", { class: "figures tight" }, field(t("S12_pin"), "●".repeat(app.pin.length) || "PIN", "small"), pad((key) => desk.press(key))) : null),
    keys: [...digits, erasing("pin"), ...(chosen ? [seniorKey()] : [])],
    actions: [
      { key: "Enter", label: t("S12_decide"), kind: "main", off: chosen && app.pin ? null : { what: t(chosen ? "S12_pin" : "S12_senior") }, always: false, act: () => working(() => decide(found)) },
      { key: "Escape", label: t("X_back"), hidden: !chosen, act: () => show({ choice: null, pin: "" }) },
      { key: "F10", label: t("S12_call"), always: true, act: () => show({ help: true }) },
    ],
  };
};
const fdOf = (one) => String(one.document).split("/").pop();

async function decide(found) {
  const registered = app.choice !== "absent", id = app.sale.sale;
  const word = { decision: registered ? "registered" : "absent", reason: t("S12_reason"), senior: senior(), pin: app.pin };
  if (registered) word.document = found[app.choice].document;
  try {
    await ask("POST", path("sales", id, "resolve"), word, 27000);
  } finally {
    app.pin = "";
  }
  takeSale(await ask("GET", path("sales", id)));
}
