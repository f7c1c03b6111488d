// The trial slip: print it, then scan the QR on it; the page says what the scanner sends around a code.
const TRIAL_GAP_MS = 300, TRIAL_OVER = ["printed", "failed", "expired"], TRIAL_LONG_MS = 10000;
let reading = null; // what the scanner is sending right now

async function printTrial() {
  openPanel("trial");
  if (seen.trial && seen.trial.slip && !TRIAL_OVER.includes(seen.trial.state)) return; // one is on its way already
  seen.trial = { state: "pending", since: performance.now() };
  draw();
  try {
    const told = await ask("POST", "/v1/slips", { kind: "trial" }, 27000);
    seen.trial = { ...seen.trial, slip: told.slip, qr: told.qr };
  } catch (error) {
    seen.trial = { state: "failed" };
    throw error;
  }
}

async function followTrial() {
  const now = seen.trial;
  if (!now || !now.slip || TRIAL_OVER.includes(now.state)) return;
  const told = await ask("GET", path("slips", now.slip));
  if (seen.trial !== now) return;
  seen.trial = { ...now, state: told.state, minutes: told.minutes };
  if (told.state === "printed") announce(t("I_trial_scan"));
  draw();
}

function trialShown() {
  const now = seen.trial || {}, late = now.minutes && performance.now() - now.since > TRIAL_LONG_MS;
  const told = {
    printed: () => step("✔", t("I_trial_look")),
    failed: () => step("!", t("I_trial_failed")),
    expired: () => step("!", t("I_trial_failed")),
  }[now.state] || (() => step("▶", late ? [t("I_trial_waits"), " ", left(now.since + now.minutes * 60000)] : t("I_trial_printing")));
  const scans = now.qr && now.state !== "failed" && now.state !== "expired";
  return panel(t("I_trial"), told(),
    scans && !now.result ? step("▶", t("I_trial_scan")) : null,
    now.result ? h("div", { class: "found" }, now.result.map(foundShown)) : null,
    h("div", { class: "tools" },
      scans ? tool("unread", t("I_trial_unread"), async () => showTrial([message("INS-14")])) : null,
      TRIAL_OVER.includes(now.state) ? tool("again", t("I_trial_again"), printTrial) : null,
      closing()));
}
const foundShown = (one) => h("p", { class: "fact" }, h("span", { class: "sign" }, one.sign), " ", one.code ? h("b", {}, one.what) : one.what, one.action ? " " + one.action : "", one.code ? h("small", {}, " " + one.code) : null);
const fine = (what) => ({ sign: "✔", what });
const wrong = (what) => ({ sign: "!", what });
const message = (code) => ({ sign: "!", code, what: PAGE.messages[code].what, action: PAGE.messages[code].action });

function showTrial(result) {
  seen.trial = { ...seen.trial, result };
  announce(result.map((one) => one.what).join(" "));
  draw();
}

// What a scan of our QR tells of the scanner. `placed`: by keys; `typed`: the letters that other programs get.
function judged(read, wanted, known) {
  const at = read.placed.toUpperCase().indexOf(wanted), over = read.placed.length - wanted.length;
  if (at < 0) return [over === 0 || over === 1 ? message("INS-12") : wrong(t("I_trial_other"))];
  const before = read.placed.slice(0, at), after = read.placed.slice(at + wanted.length);
  const letters = read.typed.slice(at, at + wanted.length), mean = Math.round(read.mean), found = [fine(t("I_trial_read"))];
  if (letters.toUpperCase() !== wanted) found.push(wrong(t("I_trial_layout")));
  else found.push(letters === wanted ? fine(t("I_trial_letters")) : wrong(t("I_trial_caps")));
  if (before.length > 1) found.push(wrong(t("I_trial_before", { text: before })));
  else if (before) found.push(fine(t("I_trial_prefix", { text: before })));
  else if (known) found.push(wrong(t("I_trial_no_prefix", { text: known })));
  if (after) found.push(wrong(t("I_trial_after", { text: after })));
  found.push(read.ends ? fine(t("I_trial_ends", { key: read.ends })) : message("INS-13"));
  const quick = read.mean <= SCAN_MEAN_MS && read.widest <= SCAN_GAP_MS;
  found.push(quick ? fine(t("I_trial_pace", { ms: mean })) : wrong(t("I_trial_slow", { ms: Math.round(read.widest) })));
  return found;
}

function endReading(ends) {
  const over = reading;
  reading = null;
  if (!over) return;
  clearTimeout(over.timer);
  if (over.placed.length < SCAN_LEAST) return;
  const gaps = over.placed.length - 1, wanted = seen.trial.qr, known = kept("prefix");
  const result = judged({ ...over, ends, mean: (over.last - over.first) / gaps }, wanted, known);
  const first = over.placed.toUpperCase().indexOf(wanted) === 1 ? over.placed[0] : null;
  if (first && first !== known) keep("prefix", first);
  showTrial(result);
}

// While a trial slip waits to be scanned every quick run of signs is the scanner's, whatever has the focus but a field.
function trialKey(event) {
  if (seen.panel !== "trial" || !seen.trial || !seen.trial.qr || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target instanceof HTMLInputElement) return;
  const now = event.timeStamp, soon = reading && now - reading.last <= TRIAL_GAP_MS;
  if (event.key === "Enter" || event.key === "Tab") {
    if (!soon || reading.placed.length < SCAN_LEAST) return endReading("");
    event.preventDefault();
    return endReading(event.key);
  }
  const sign = placed(event);
  if (sign === null || (sign === " " && !soon)) return; // Space presses what has the focus
  event.preventDefault();
  if (!soon) reading = { placed: "", typed: "", first: now, last: now, widest: 0, timer: 0 };
  const typed = event.key.length === 1 ? event.key : sign;
  clearTimeout(reading.timer);
  reading = { ...reading, placed: reading.placed + sign, typed: reading.typed + typed, widest: Math.max(reading.widest, now - reading.last), last: now, timer: setTimeout(() => endReading(""), TRIAL_GAP_MS) };
}
document.addEventListener("keydown", trialKey, true);
