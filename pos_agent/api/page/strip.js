// The status strip: printer, link, shift, register. State = word + sign; colour only repeats them.
function strip() {
  if (!app.token) return h("header", { class: "strip" }, h("span", {}, t("S0_title")));
  if (app.blurred) return h("header", { class: "strip warn" }, h("span", {}, "! " + t("X_focus")));
  const status = app.status;
  const printer = status ? { ok: status.printer.connected && !problem("PRN-01", "PRN-02", "PRN-03"), words: t("X_printer") } : null;
  const shift = shiftSeconds();
  const kind = shift === null ? "" : shift > 84600 ? "red" : shift > 79200 ? "yellow" : "";
  const parts = [
    printer ? h("span", { class: printer.ok ? "" : "red" }, (printer.ok ? "● " : "! ") + printer.words) : figure(null),
    linkShown(),
    shift === null ? (app.live.shift_open === false ? h("span", {}, t("X_shift_closed")) : null) : h("span", { class: kind }, (kind ? "! " : "") + t("X_shift", { age: hours(shift) })),
    app.live.without_loyalty ? h("span", { class: "yellow" }, "! " + t("X_without_loyalty", { count: app.live.without_loyalty })) : null,
    h("span", { class: "register" }, status ? status.register : ""),
  ];
  const training = status && status.training ? h("span", { class: "yellow" }, t("X_training_short")) : null;
  return h("header", { class: "strip" + (offline() ? " offline" : "") }, training, parts);
}

function linkShown() {
  const cloud = cloudState();
  if (!cloud) return h("span", {}, "○ " + t("X_no_cloud"));
  return cloud.ok ? h("span", {}, "● " + t("X_link")) : h("span", {}, "○ " + t("X_no_link"));
}

const hours = (s) => String(Math.floor(s / 3600)).padStart(2, "0") + ":" + String(Math.floor((s % 3600) / 60)).padStart(2, "0");

// {ok, since}: null when no cloud is set up.
function cloudState() {
  const cloud = app.live.cloud;
  if (!cloud) return null;
  return { ok: cloud.ok !== false, since: cloud.last_success || null };
}
const offline = () => { const cloud = cloudState(); return Boolean(cloud && !cloud.ok); };

function shiftSeconds() {
  const since = app.live.shift_open ? app.live.shift_since : null; // the printer's own clock, without a zone
  return since ? Math.max(0, (Date.now() - new Date(since.slice(0, 19)).getTime()) / 1000) : null;
}
