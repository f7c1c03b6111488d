// Keys by their place on the keyboard, and a scanner told from a person by its pace.
const SCAN_LEAST = 6, SCAN_MEAN_MS = 30, SCAN_GAP_MS = 60, SCAN_SILENCE_MS = 80, SAME_CODE_MS = 2000, SETTLE_MS = 400;
const SHIFTED = { 1: "!", 2: "@", 3: "#", 4: "$", 5: "%", 6: "^", 7: "&", 8: "*", 9: "(", 0: ")" };
const PLACES = {
  Minus: ["-", "_"], Equal: ["=", "+"], Slash: ["/", "?"], Period: [".", ">"], Comma: [",", "<"], Semicolon: [";", ":"],
  Quote: ["'", '"'], BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"], Backquote: ["`", "~"], Space: [" ", " "],
  NumpadMultiply: ["*", "*"], NumpadAdd: ["+", "+"], NumpadSubtract: ["-", "-"], NumpadDivide: ["/", "/"], NumpadDecimal: [".", "."],
};
const COMMANDS = "+-*/";

// What a Latin keyboard would type here: a Russian layout must not turn a code into Cyrillic.
function placed(event) {
  const code = event.code;
  let found = /^(?:Digit|Numpad)(\d)$/.exec(code);
  if (found) return event.shiftKey && code[0] === "D" ? SHIFTED[found[1]] : found[1];
  found = /^Key([A-Z])$/.exec(code);
  if (found) return event.shiftKey || event.getModifierState("CapsLock") ? found[1] : found[1].toLowerCase();
  if (PLACES[code]) return PLACES[code][event.shiftKey ? 1 : 0];
  return !code && event.key.length === 1 ? event.key : null; // a keyboard that tells no places
}

function keyListener(desk) {
  let burst = null, lastCode = "", lastCodeAt = -SAME_CODE_MS;

  const looksScanned = () => {
    if (!burst) return false;
    if (burst.prefixed) return burst.chars.length > 0;
    const gaps = burst.chars.length - 1;
    return burst.chars.length >= SCAN_LEAST && burst.widest <= SCAN_GAP_MS && (burst.last - burst.first) / gaps <= SCAN_MEAN_MS;
  };

  const end = () => {
    if (!burst) return;
    const over = burst, scanned = looksScanned();
    burst = null;
    clearTimeout(over.timer);
    if (!scanned) return over.waiting.forEach((key) => desk.press(key));
    desk.takeBack(over.before);
    const text = over.chars.join(""), now = over.last;
    const again = text === lastCode && now - lastCodeAt < SAME_CODE_MS;
    [lastCode, lastCodeAt] = [text, now];
    if (!again) desk.scanned(text);
  };

  const typed = (event, char) => {
    const now = event.timeStamp;
    if (burst && now - burst.last > SCAN_GAP_MS) end();
    if (!burst) {
      burst = { chars: [], first: now, last: now, widest: 0, waiting: [], before: desk.before(), prefixed: false };
      if (desk.prefix() && char === desk.prefix()) {
        burst.prefixed = true;
        event.preventDefault();
        burst.timer = setTimeout(end, SCAN_SILENCE_MS);
        return;
      }
    }
    burst.widest = Math.max(burst.widest, now - burst.last);
    burst.last = now;
    burst.chars.push(char);
    clearTimeout(burst.timer);
    burst.timer = setTimeout(end, SCAN_SILENCE_MS);
    const inText = event.target instanceof HTMLInputElement && event.target.type === "text";
    const digit = char >= "0" && char <= "9";
    const command = COMMANDS.includes(char);
    if (!inText || digit || command || burst.prefixed) event.preventDefault();
    if (burst.prefixed) return;
    if (command || digit) desk.feel(char);
    if (command || (digit && desk.defers())) burst.waiting.push(char);
    else if (digit) desk.press(char);
  };

  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const named = ["Enter", "Escape", "Backspace"].includes(event.key) || /^F([2-4]|[6-9]|10)$/.test(event.key);
    if (event.repeat) return named && event.key !== "Backspace" ? event.preventDefault() : undefined;
    const ends = event.key === "Enter" || event.key === "Tab";
    if (burst && ends && event.timeStamp - burst.last <= SCAN_GAP_MS && looksScanned()) {
      event.preventDefault();
      return end();
    }
    const onButton = event.target instanceof HTMLElement && event.target.closest("button, input");
    if (event.code === "Space" && onButton && !burst) return; // Space presses what has the focus
    if (/^Arrow/.test(event.code)) return desk.arrow(event); // a pad without NumLock sends arrows too: there the place counts
    if (named) {
      if (burst) end();
      const inText = event.target instanceof HTMLInputElement && event.target.type === "text";
      if (event.key === "Backspace" && inText) return;
      event.preventDefault();
      return desk.press(event.key, event.target);
    }
    const char = placed(event);
    if (char !== null) typed(event, char);
  };
}
