([text, gap, how]) => {
  // A scanner as a keyboard: keys by their place, letters as the computer's layout makes them.
  const places = { '/': ['Slash', false], ':': ['Semicolon', true], '.': ['Period', false], '-': ['Minus', false], ']': ['BracketRight', false], '~': ['Backquote', true] };
  const latin = "qwertyuiopasdfghjklzxcvbnm", russian = "йцукенгшщзфывапролдячсмить", signs = { '/': '.', ':': 'Ж', '.': 'ю', ']': 'ъ', '~': 'Ё' };
  const key = (c) => {
    if (how.layout !== 'ru') return how.caps ? c.toLowerCase() : c;
    const at = latin.indexOf(c.toLowerCase());
    return at < 0 ? signs[c] || c : /[A-Z]/.test(c) ? russian[at].toUpperCase() : russian[at];
  };
  const start = performance.now(), target = document.activeElement || document.body;
  let pressed = 0;
  const press = (key, code, shiftKey, at) => {
    const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, shiftKey });
    Object.defineProperty(event, 'timeStamp', { value: start + at * gap });
    target.dispatchEvent(event);
    if (key === 'Enter' && !event.defaultPrevented && target.click) { target.click(); pressed++; } // as a browser does
  };
  [...text].forEach((c, at) => {
    const [code, shift] = /[0-9]/.test(c) ? ['Digit' + c, false] : places[c] || ['Key' + c.toUpperCase(), /[A-Z]/.test(c)];
    press(key(c), code, shift, at);
  });
  if (how.end) press(how.end, how.end, false, text.length);
  return pressed;
}
