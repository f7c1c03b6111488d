// What the page knows, and how it becomes a screen. One screen at a time; the most urgent one wins.
const app = {
  token: null, screen: "S1", status: null, live: {}, cart: null, customer: null, sale: null,
  typed: "", rows: null, form: null, spend: "", quoted: null, code: "", codeState: null, choice: null, pin: "",
  back: null, note: null, told: null, menu: null, tap: null, tapSeen: null, busy: false, busySince: 0, answeredAt: 0,
  silentSince: null, troubleSince: null, last: null, seniors: null, refused: null, why: null, dismissed: {}, blurred: false, asked: null,
};
let screenNow = "", changedAt = 0, drawn = "", keymap = {}, clocks = [], pointerHeld = false, drawWanted = false;
const SCREENS = {}; // screen -> function giving {body, actions, field, live, kind}

const seconds = (since) => (since === null ? 0 : (performance.now() - since) / 1000);
const problem = (...codes) => ((app.status && app.status.messages) || []).find((one) => codes.includes(one.code)) || null;
const isTap = () => Boolean(app.status && app.status.mode && app.status.mode !== "gateway");
const cartSum = () => (app.cart && app.cart.quote && app.cart.quote.totals ? app.cart.quote.totals.payable_kop : null);
const printing = () => Boolean(app.sale && (app.sale.state === "sent" || (app.sale.state === "confirmed" && !app.sale.hidden)));

// C over N over R over W (the order of messages): what cannot wait comes before what the cashier is doing.
function currentScreen() {
  if (!app.token) return "S0";
  if (app.help) return "help"; // asked for by a person, closed by one, or by news of the sale
  if (app.silentSince !== null) return "S19";
  const sale = app.sale;
  if (sale && sale.state === "needs_operator") return "S12";
  const trouble = currentTrouble();
  if (trouble && trouble !== "S15") return trouble;
  if (sale && sale.state === "checking") return "S11";
  if (trouble) return trouble;
  if (printing()) return "S7";
  if (app.screen === "S1" && storageEnds()) return "S17";
  if (app.cart && app.cart.loyalty === "off" && ["S1", "S4"].includes(app.screen)) return "S18";
  if (app.screen === "S1" && app.tap) return "S20";
  return app.screen;
}

function currentTrouble() {
  if (problem("PRN-01", "PRN-02") ) return "S13";
  if (problem("SHF-01") && !app.dismissed["SHF-01"]) return "S14";
  if (problem("PRN-03")) return "S15";
  return null;
}

function show(changes) {
  Object.assign(app, changes || {});
  draw();
}

// Going to another screen drops what was said on the last one.
function go(screen, changes) { show({ screen, told: null, note: null, help: false, ...(changes || {}) }); }

function draw() {
  if (pointerHeld) { drawWanted = true; return; }
  const name = currentScreen(), fresh = name !== screenNow;
  if (["S13", "S14", "S15"].includes(name)) {
    if (fresh) app.troubleSince = performance.now();
  } else app.troubleSince = null;
  clocks = [];
  const made = SCREENS[name](), page = framed(name, made);
  keymap = {};
  for (const one of [...(made.mains || []), ...(made.actions || []), ...(made.keys || [])]) keymap[one.key] = one;
  if (app.token && !keymap.F10) keymap.F10 = { key: "F10", act: () => show({ help: true }) };
  const place = document.getElementById("page"), look = page.outerHTML;
  if (look !== drawn) {
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
    const at = document.activeElement instanceof HTMLInputElement && document.activeElement.type === "text" ? document.activeElement.selectionStart : null;
    const tall = fresh ? null : place.querySelector(".scrolling"), top = tall ? tall.scrollTop : 0;
    place.replaceChildren(page);
    drawn = look;
    if (top && page.querySelector(".scrolling")) page.querySelector(".scrolling").scrollTop = top;
    focusOn(page, fresh || app.refocus ? made.focus : focused === undefined ? null : focused || made.focus, at);
  } else clocks = oldClocks(place, clocks);
  if (fresh) {
    if (name === "S8") app.doneAt = performance.now(); // its seconds count while it is seen
    screenNow = name;
    changedAt = performance.now();
    document.documentElement.dataset.screen = name;
    if (["S11", "S12", "S13", "S14", "S15", "S19"].includes(name)) { sound("action"); app.alarmAt = performance.now(); }
  }
  app.refocus = false;
  announce(made);
  tick();
}

// The old nodes stay when nothing changed: clocks run in them.
function oldClocks(place, made) {
  const node = (index) => place.querySelector('[data-clock="' + index + '"]');
  return made.map((one, index) => ({ node: node(index), read: one.read })).filter((one) => one.node);
}

function ticking(read) {
  const node = h("span", { class: "clock", "data-clock": String(clocks.length) });
  clocks.push({ node, read });
  return node;
}

function tick() {
  for (const one of clocks) {
    const text = one.read();
    if (one.node.textContent !== text) one.node.textContent = text;
  }
}

function focusOn(page, key, at) {
  const wanted = key ? page.querySelector('[data-key="' + key + '"]') : null;
  const found = wanted || (key === null ? null : page.querySelector(".key.main"));
  if (!found) return;
  found.focus({ preventScroll: true });
  if (at !== null && found instanceof HTMLInputElement && found.type === "text") found.setSelectionRange(at, at);
}

function framed(name, made) {
  const press = (key) => desk.press(key);
  const actions = (made.actions || []).filter((one) => !one.hidden).map((one) => keyed(one, press));
  return h(
    "div",
    { class: "screen " + name + " " + (made.kind || ""), "data-screen": name },
    strip(),
    h("main", { class: "content" },
      made.body,
      ["S13", "S14", "S15"].includes(name) && app.told && app.told.later ? null : told(),
      made.mains ? h("div", { class: "mains" }, made.mains.map((one) => keyed(one, press))) : null,
      app.status && app.status.training ? h("div", { class: "training", "aria-hidden": "true" }, t("X_training")) : null),
    h("div", { class: "actions" }, actions)
  );
}

// One message at a time: sentence large, what to do under it, the verdict bold, the code small.
function told() {
  const one = app.told;
  if (app.note && !one) return h("div", { class: "note" }, app.note);
  if (!one) return null;
  const parts = [h("strong", {}, one.what), one.action ? " " + one.action : "", one.safe ? h("b", {}, " " + one.safe) : null];
  return h("div", { class: "told", role: "status" }, h("span", { class: "sign" }, "!"), " ", parts, one.code ? h("small", {}, " " + one.code + (one.times > 1 ? " × " + one.times : "")) : null);
}

// A refusal on the screen; the same code within a minute counts up.
// `later`: a screen about the printer says what to do first.
function tell(error, quiet, later) {
  if (!(error instanceof Refused)) throw error;
  const same = app.told && app.told.code === error.code && performance.now() - app.told.at < 60000;
  const times = same ? app.told.times + 1 : 1;
  if (!quiet) sound("refused");
  show({ told: { code: error.code, what: error.what, action: error.action, safe: error.safe, times, later, at: performance.now() }, busy: false });
}

// One piece of work at a time: a second Enter finds the first one under way.
async function working(work) {
  if (app.busy) return;
  show({ busy: true, busySince: performance.now(), told: null, note: null });
  const words = setTimeout(draw, 400);
  try {
    await work();
  } catch (error) {
    tell(error);
  } finally {
    clearTimeout(words);
    show({ busy: false });
  }
}
const slow = () => app.busy && performance.now() - app.busySince >= 390;

function announce(made) {
  for (const kind of ["polite", "assertive"]) {
    const node = document.getElementById(kind), text = made.live === kind ? made.says || "" : "";
    if (node.textContent !== text) node.textContent = text;
  }
}

// A key is answered at once, whatever it begins: its button looks pressed for a moment.
const FELT_MS = 200;
function feel(key) {
  const button = document.querySelector('#page [data-key="' + key + '"], #page [data-pad="' + key + '"]');
  if (!button || button.classList.contains("field")) return;
  button.classList.add("felt");
  setTimeout(() => button.classList.remove("felt"), FELT_MS);
}

const desk = {
  feel,
  press(key, target) {
    const button = keymap[key];
    sleepless();
    if (key === "Enter" && performance.now() - changedAt < SETTLE_MS) return;
    if (!button) return;
    feel(key);
    if (button.off) { sound("refused"); return show({ told: { code: button.off.code || "", what: button.off.what, action: "", safe: "", times: 1, at: performance.now() } }); }
    if (app.busy && !button.always) return;
    button.act(target);
  },
  before: () => ({ screen: app.screen, typed: app.typed, spend: app.spend, code: app.code, pin: app.pin, choice: app.choice, rows: app.rows, form: app.form && { ...app.form }, told: app.told, note: app.note, help: app.help }),
  takeBack: (was) => show(was),
  prefix: () => kept("prefix") || "",
  defers: () => app.screen === "S10" || app.screen === "S9" || Boolean(app.rows),
  scanned: (text) => scanned(text),
  arrow(event) {
    const all = [...document.querySelectorAll("#page button.key, #page [data-key=field], #page input")];
    const at = all.indexOf(document.activeElement);
    const inText = document.activeElement instanceof HTMLInputElement && document.activeElement.type === "text";
    if (inText && /Left|Right/.test(event.key)) return;
    event.preventDefault();
    const tall = document.querySelector("#page .scrolling[role=region]");
    if (tall && tall.scrollHeight > tall.clientHeight && /Up|Down/.test(event.key)) return tall.scrollBy(0, /Up/.test(event.key) ? -120 : 120);
    const next = all[(at + (/Left|Up/.test(event.key) ? -1 : 1) + all.length) % all.length];
    if (next) next.focus();
  },
};

let lastTouch = 0;
function sleepless() { lastTouch = performance.now(); app.asked = null; app.alarmAt = null; }
