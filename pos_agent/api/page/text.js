// Words, money, points, days. PAGE is written by serve.py: {lang, token, texts, messages, verdicts}.
const THIN = "\u202f";

function t(key, words) {
  const said = PAGE.texts[key];
  if (said === undefined) throw new Error("no text " + key);
  return said.replace(/\{(\w+)\}/g, (_, name) => (words && words[name] !== undefined ? words[name] : "?"));
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, THIN);
const decimal = () => (PAGE.lang === "ru" ? "," : ".");

function money(kop) {
  if (typeof kop !== "number") return null;
  const whole = grouped(String(Math.floor(Math.abs(kop) / 100)));
  const part = String(Math.abs(kop) % 100).padStart(2, "0");
  return (kop < 0 ? "−" : "") + whole + decimal() + part + THIN + "₽";
}

// Sums in a sentence of the agent, as this page writes them: 1078.61 ₽ -> 1 078,61 ₽.
const onScreen = (text) => text.replace(/(\d+)\.(\d\d)\s?₽/g, (_, whole, part) => money(Number(whole) * 100 + Number(part)));

// Points are hundredths: whole while whole, then two digits. An unknown figure is never a zero.
function points(pt) {
  if (typeof pt !== "number") return null;
  const whole = grouped(String(Math.floor(Math.abs(pt) / 100)));
  const part = Math.abs(pt) % 100;
  return (pt < 0 ? "−" : "") + whole + (part ? decimal() + String(part).padStart(2, "0") : "");
}

function plural(stem, n) {
  const last = n % 10, tens = n % 100;
  let form = "5";
  if (PAGE.lang !== "ru") form = n === 1 ? "1" : "5";
  else if (last === 1 && tens !== 11) form = "1";
  else if (last >= 2 && last <= 4 && (tens < 12 || tens > 14)) form = "2";
  return t(stem + "_" + form, { n: grouped(String(n)) });
}

function pointsInWords(pt) {
  if (pt % 100) return t("X_points_2", { n: points(pt) });
  return plural("X_points", pt / 100);
}

// "2026-11-30" -> 30.11, 30.11.2026, "30 ноября"
const dayShort = (iso) => (iso ? iso.slice(8, 10) + "." + iso.slice(5, 7) : null);
const dayLong = (iso) => (iso ? dayShort(iso) + "." + iso.slice(0, 4) : null);
function dayInWords(iso) {
  if (!iso) return null;
  const month = t("X_months").split(",")[Number(iso.slice(5, 7)) - 1];
  return Number(iso.slice(8, 10)) + " " + month;
}
const momentLong = (iso) => (iso ? dayLong(iso) + " " + iso.slice(11, 16) : null);

// An instant of the agent (with its zone) as this register's wall clock.
function wallTime(iso) {
  if (!iso) return null;
  if (!/(Z|[+-]\d\d:\d\d)$/.test(iso)) return iso.slice(11, 16);
  const at = new Date(iso);
  return String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0");
}

// The same; on another day with the day, for "since 14:20" alone would mean today.
function heardFrom(iso) {
  if (!iso) return null;
  const at = new Date(iso), day = String(at.getDate()).padStart(2, "0") + "." + String(at.getMonth() + 1).padStart(2, "0");
  return (at.toDateString() === new Date().toDateString() ? "" : day + " ") + wallTime(iso);
}

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
};

function age(seconds) {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes >= 2880) return plural("X_days", Math.floor(minutes / 1440));
  return minutes < 60 ? t("X_age_min", { m: minutes }) : t("X_age", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

function phoneShown(digits, blanks) {
  const d = (digits + (blanks ? "_".repeat(10) : "")).slice(0, Math.max(10, digits.length));
  const parts = [d.slice(0, 3), d.slice(3, 6), d.slice(6, 8), d.slice(8, 10)];
  return "+7 " + parts[0] + " " + parts[1] + "-" + parts[2] + "-" + parts[3];
}
