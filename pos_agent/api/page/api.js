// The agent's HTTP: JSON both ways, the token in a header, an error as {code, what, action, safe, lines}.
const ASK_MS = 9000;
class Refused extends Error {
  constructor(told, status) { super(told.code || "no answer"); Object.assign(this, told); this.status = status; }
}

async function ask(method, path, body, waitMs) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), waitMs || ASK_MS);
  const headers = { Accept: "application/json" };
  const token = kept(PAGE.token);
  if (token) headers.Authorization = "Bearer " + token;
  if (method !== "GET") headers["Content-Type"] = "application/json";
  let answer, content;
  try {
    const sent = method === "GET" ? undefined : JSON.stringify(body || {});
    answer = await fetch(path, { method, headers, body: sent, signal: stop.signal, cache: "no-store" });
    content = await answer.text();
  } catch (_) {
    throw new Refused({ code: "", what: t("S19_title"), action: t("S19_again"), safe: "", silent: true }, 0);
  } finally {
    clearTimeout(timer);
  }
  let told = {};
  try { told = content ? JSON.parse(content) : {}; } catch (_) { told = {}; }
  if (answer.ok) return told;
  if (answer.status === 401 && path !== "/v1/enter") onStranger();
  throw new Refused(told.error || { code: "HTTP-" + answer.status, what: t("X_wait"), action: "", safe: "" }, answer.status);
}

// A change of the draft: what was asked before it is out of date by the time it is answered.
let cartTurn = 0;
async function put(where, body) {
  cartTurn++;
  try { return await ask("PUT", where, body); } finally { cartTurn++; }
}

const path = (...parts) => "/v1/" + parts.map(encodeURIComponent).join("/");

// The event stream by fetch: EventSource cannot carry a token, and an address must not.
async function listen(heard, alive) {
  const stop = new AbortController();
  let last = performance.now();
  const guard = setInterval(() => { if (performance.now() - last > 6000) stop.abort(); }, 1000);
  try {
    const answer = await fetch("/v1/events", { headers: { Authorization: "Bearer " + kept(PAGE.token) }, signal: stop.signal, cache: "no-store" });
    if (answer.status === 401) onStranger();
    if (!answer.ok || !answer.body) return false;
    const reader = answer.body.getReader(), decoder = new TextDecoder();
    let left = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      last = performance.now();
      alive();
      left += decoder.decode(value, { stream: true });
      const whole = left.split(/\r?\n\r?\n/);
      left = whole.pop();
      whole.forEach((one) => hearOne(one, heard));
    }
  } catch (_) {
    return true;
  } finally {
    clearInterval(guard);
  }
}

function hearOne(text, heard) {
  let name = "message";
  const data = [];
  for (const each of text.split(/\r?\n/)) {
    if (each.startsWith("event:")) name = each.slice(6).trim();
    else if (each.startsWith("data:")) data.push(each.slice(5).trim());
  }
  if (data.length) heard(name, JSON.parse(data.join("\n")));
}
