([text, gap]) => new Promise((done) => {
  const codes = (c) => /[0-9]/.test(c) ? 'Digit' + c : 'Key' + c.toUpperCase();
  const russian = {q: 'й', m: 'ь', x: 'ч', k: 'л', d: 'в', w: 'ц'};
  const keys = [...text].map((c) => [russian[c.toLowerCase()] || c, codes(c)]).concat([['Enter', 'Enter']]);
  const press = (at) => {
    const [key, code] = keys[at];
    const target = document.activeElement || document.body;
    const event = new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true, shiftKey: /[A-Z]/.test(text[at] || '')});
    Object.defineProperty(event, 'timeStamp', {value: start + at * gap});
    target.dispatchEvent(event);
    if (at + 1 < keys.length) press(at + 1); else done();
  };
  const start = performance.now();
  press(0);
})
