// Making elements. Text comes in as text nodes only: nothing that anybody typed is ever read as markup.
function h(tag, attrs, ...kids) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const kid of kids.flat(3)) {
    if (kid === undefined || kid === null || kid === false) continue;
    made.append(kid instanceof Node ? kid : document.createTextNode(String(kid)));
  }
  return made;
}

const line = (text, kind) => h("p", { class: kind || "text" }, text);
// A figure that is not known yet is a grey bar of its final size, never "0".
const figure = (text) => (text === null || text === undefined ? h("span", { class: "bar", "aria-label": t("X_wait") }) : h("span", { class: "figure" }, text));
const row = (name, value, kind) => h("div", { class: "row " + (kind || "") }, h("span", { class: "row-name" }, name), figure(value));
const headed = (name, side) => h("div", { class: "headed" }, h("h1", {}, name), side ? h("span", { class: "side" }, side) : null);
const step = (sign, text, side) => h("p", { class: "step" }, h("span", { class: "sign" }, sign), " ", text, side ? h("span", { class: "step-side" }, side) : null);

// A button of a screen: {key, label, act, kind: main | plain | alarm | done, off: reason}.
function keyed(button, press) {
  const cap = KEY_CAPS[button.key] === undefined ? button.key : KEY_CAPS[button.key];
  return h(
    "button",
    {
      class: "key " + (button.kind || "plain") + (button.off ? " dimmed" : ""),
      "data-key": button.key,
      "aria-disabled": button.off ? "true" : null,
      "aria-pressed": button.pressed === undefined ? null : String(button.pressed),
      "aria-label": (cap ? cap + " " : "") + button.label,
      type: "button",
      onclick: () => press(button.key),
    },
    cap ? h("kbd", {}, cap) : null,
    h("span", {}, button.label)
  );
}
const KEY_CAPS = { Escape: "Esc", "-": "−", Backspace: "⌫", "": "" };

// The pad on the screen: the same keys as the numeric pad.
function pad(press) {
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "Backspace", "0"];
  const one = (key) => h("button", { class: "pad-key", type: "button", tabindex: "-1", "data-pad": key, "aria-label": KEY_CAPS[key] || key, onclick: () => press(key) }, KEY_CAPS[key] || key);
  return h("div", { class: "pad" }, keys.map(one));
}
const field = (label, shown, kind) => h("div", { class: "field " + (kind || ""), tabindex: "0", role: "textbox", "aria-label": label, "aria-readonly": "true", "data-key": "field" }, shown);
