// What comes without asking: the event stream, a poll when there is none, time passing, and the beginning of it all.
const SILENT_S = 3, POLL_S = 10, AWAY_ASK_S = 180, AWAY_REMOVE_S = 210, ALARM_S = 20, TAP_S = 90;
let connected = false, heardAt = performance.now(), liveSeen = "", cartSeen = "";

function alive() {
  heardAt = performance.now();
  if (app.silentSince !== null) { show({ silentSince: null }); refreshStatus(); openCart(); }
}

async function connect() {
  if (connected) return;
  connected = true;
  heardAt = performance.now();
  await refreshStatus();
  await openCart();
  while (app.token) {
    const offered = await listen(heard, alive);
    if (!offered) await poll();
    await new Promise((done) => setTimeout(done, offered ? 500 : 0));
  }
  connected = false;
}

// No stream: each ten seconds; in between the agent counts as answering.
async function poll() {
  await refreshStatus();
  await openCart();
  for (let past = 0; past < POLL_S && app.token; past++) {
    if (app.silentSince === null) heardAt = performance.now();
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function heard(name, told) {
  if (name === "state") return hearState(told);
  if (name === "sale") return hearSale(told);
  if (name === "receipt") return hearReceipt(told);
  if (name === "slip") return hearSlip(told);
  return undefined;
}

function hearState(told) {
  show({ live: told, liveAt: performance.now() });
  const look = JSON.stringify([told.printer, told.paper, told.shift_open, told.cloud, told.messages, told.warnings, told.in_doubt, told.mode]);
  if (look !== liveSeen) { liveSeen = look; refreshStatus(); }
  const cart = JSON.stringify(told.cart === undefined ? null : told.cart);
  if (cart !== cartSeen) { cartSeen = cart; openCart(); }
}

function hearSale(told) {
  if (app.sale && app.sale.sale === told.sale) return OVER.includes(app.sale.state) ? undefined : lookAgain();
  if (!app.cart || app.cart.sale !== told.sale || !["confirmed", "checking"].includes(told.state)) return;
  beginSale({ ...app.cart, ...told });
}

// A receipt that the till printed itself: shown once, for so long as its buyer may still stand there.
async function hearReceipt(told) {
  if (!isTap() || app.tapSeen === told.document) return;
  show({ tapSeen: told.document });
  const more = told.named ? await ask("GET", path("receipts", ...told.document.split("/"), "customer")).catch(() => ({})) : {};
  if (app.tapSeen !== told.document) return;
  tapped({ ...told, ...more });
}

// For so long S20 asks; then the till's next customer stands there.
function tapped(told) {
  show({ tap: { ...told, since: performance.now() }, note: null, told: null });
  setTimeout(() => { if (app.tap && app.tap.document === told.document) show({ tap: null }); }, TAP_S * 1000);
}

// A slip that will not come out by itself any more; a message that is there already is worth more.
function hearSlip(told) {
  if (["failed", "expired"].includes(told.state) && !app.told) tell(new Refused({ code: "SLP-01", ...PAGE.messages["SLP-01"], action: t("X_again") }), true);
}

async function refreshStatus() {
  try {
    const status = await ask("GET", "/v1/status");
    show({ status });
    heardAt = performance.now();
    if (app.silentSince !== null) show({ silentSince: null });
    if (!problem("SHF-01")) delete app.dismissed["SHF-01"];
    const doubt = status.in_doubt;
    const known = doubt && app.sale && app.sale.sale === doubt.sale.split("/")[0];
    if (doubt && !known) await findDoubt(doubt.sale);
    else if (known) await (app.sale.state === "needs_operator" && doubt.state === "needs_operator" ? bothSides(app.sale.sale) : lookAgain());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!error.silent) tell(error, true);
  }
}

// After a reload or a power cut: the sale that is not settled comes back to the screen by itself.
async function findDoubt(id) {
  const whole = id.split("/")[0];
  let sale;
  try {
    sale = await ask("GET", path("sales", whole));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    sale = { sale: whole, state: app.status.in_doubt.state === "needs_operator" ? "needs_operator" : "checking", running: false };
  }
  if (["checking", "needs_operator"].includes(stateOf(sale))) { takeSale(sale); follow(whole); }
}

async function openCart() {
  if (!app.token || isTap()) return;
  try {
    let told, turn;
    do {
      turn = cartTurn;
      told = await ask("GET", "/v1/cart");
    } while (turn !== cartTurn);
    const cart = told && told.cart !== undefined ? told.cart : told && told.sale ? told : null;
    const before = cartSum();
    if (cart && app.sale && app.sale.sale === cart.sale && printing()) return;
    if (cart && stateOf(cart) !== "draft") return;
    const gone = app.cart && !cart;
    show({ cart, customer: cart && cart.customer && cart.customer.id ? cart.customer : app.customer });
    if (gone && (["S4", "S5", "S6"].includes(app.screen) || (app.screen === "why" && app.why.draft)) && !printing()) go("S1", { customer: null, spend: "" });
    if (cart && app.customer && !cart.customer && cart.loyalty !== "off") working(() => setCustomer(app.customer.id));
    else if (cart && cart.customer && app.screen === "S1") go("S4", {});
    if (before !== null && cartSum() !== null && before !== cartSum()) outlineChange();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function outlineChange() {
  document.documentElement.dataset.changed = "1";
  setTimeout(() => { delete document.documentElement.dataset.changed; }, 3000);
}

const lastTouchAsked = () => app.asked !== null && app.asked !== undefined;

// Twice a second: clocks, silence, a customer who went away, the next sale, the alarm again.
function beat() {
  const now = performance.now();
  if (app.token && app.silentSince === null && now - heardAt > SILENT_S * 1000) show({ silentSince: heardAt });
  if (app.screen === "S8" && !app.told && !app.help && app.doneAt && seconds(app.doneAt) >= NEXT_AFTER_S && currentScreen() === "S8") next();
  if (app.customer && ["S5", "S10", "why"].includes(app.screen) && lastTouch && seconds(lastTouch) > AWAY_ASK_S) go("S4", { spend: "", quoted: null, menuTold: null, why: null });
  if (app.customer && app.screen === "S4" && currentScreen() === "S4" && lastTouch) {
    if (seconds(lastTouch) > AWAY_REMOVE_S) { lastTouch = now; working(removeCustomer); }
    else if (seconds(lastTouch) > AWAY_ASK_S && !app.asked) { app.asked = now; draw(); }
  }
  if (app.sale && app.sale.state === "sent" && seconds(app.sale.sentAt) > DOUBT_AFTER_S) show({ sale: { ...app.sale, state: "checking" } });
  if (app.alarmAt && now - app.alarmAt > ALARM_S * 1000) { app.alarmAt = now; sound("action"); }
  if (currentScreen() === "S7" && seconds(app.sale.since) > HELP_AFTER_S && !document.querySelector("[data-key=F10]")) draw();
  if (currentScreen() === "S6" && Math.abs(seconds(app.codeState.sent) - RESEND_S) < 1) draw();
  tick();
}

function begin() {
  app.token = kept(PAGE.token);
  document.documentElement.lang = PAGE.lang;
  document.addEventListener("keydown", keyListener(desk), true);
  document.addEventListener("pointerdown", () => { pointerHeld = true; sleepless(); }, true);
  const released = () => setTimeout(() => { pointerHeld = false; if (drawWanted) { drawWanted = false; draw(); } }, 0);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, released, true);
  window.addEventListener("blur", () => show({ blurred: true }));
  window.addEventListener("focus", () => setTimeout(() => show({ blurred: false }), 0)); // what gets the focus has it by then
  draw();
  setInterval(beat, 500);
  if (app.token) connect();
}
begin();
