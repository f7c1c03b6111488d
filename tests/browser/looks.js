([target, gap, smallest, text, fixed]) => {
  const found = [];
  const shown = (e) => { const r = e.getBoundingClientRect(), s = getComputedStyle(e); return r.width > 1 && r.height > 1 && s.visibility !== 'hidden' && !e.closest('.spoken, .training'); };
  const name = (e) => (e.dataset.key || e.className || e.tagName) + ' «' + e.textContent.trim().slice(0, 30) + '»';
  const lum = (c) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const rgb = (s) => { const m = s.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c; } return [255, 255, 255]; };
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) found.push('scrolls sideways: ' + root.scrollWidth);
  if (fixed && root.scrollHeight > innerHeight) found.push('scrolls down: ' + root.scrollHeight);
  const buttons = [...document.querySelectorAll('button')].filter(shown);
  for (const b of buttons) {
    const r = b.getBoundingClientRect();
    if (r.width < target - 0.5 || r.height < target - 0.5) found.push(`small target ${name(b)} ${r.width}x${r.height}`);
    if (b.classList.contains('main') && (r.height < 95.5 || r.width < 239.5)) found.push(`small main ${name(b)} ${r.width}x${r.height}`);
    if (b.scrollHeight > b.clientHeight + 1 || b.scrollWidth > b.clientWidth + 1) found.push('label cut ' + name(b));
  }
  if (document.querySelectorAll('.key.main:not(.second-main)').length > 1) found.push('two main buttons');
  buttons.forEach((a, i) => buttons.slice(i + 1).forEach((b) => {
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    const dx = Math.max(q.left - p.right, p.left - q.right), dy = Math.max(q.top - p.bottom, p.top - q.bottom);
    if (Math.max(dx, dy) < gap - 0.5) found.push(`gap ${Math.max(dx, dy)} between ${name(a)} and ${name(b)}`);
  }));
  const labelled = (e) => e.getAttribute('aria-label') || (e.labels && [...e.labels].map((l) => l.textContent).join('')) || (e.matches('button') ? e.textContent : '');
  for (const e of document.querySelectorAll('button, input, select, textarea, [role=textbox], [role=region], [tabindex="0"]')) {
    if (shown(e) && !(labelled(e) || '').trim()) found.push('no label: ' + e.outerHTML.slice(0, 80));
  }
  if (!document.title.trim() || !document.documentElement.lang) found.push('no title or language');
  for (const e of document.querySelectorAll('body *')) {
    const s = getComputedStyle(e), hides = s.overflowX !== 'visible' && !e.closest('.spoken, .scrolling, .tail') && shown(e);
    if (hides && e.scrollWidth > e.clientWidth + 1 && !e.matches('.name, .register, .good-name')) found.push(`cut sideways by ${e.scrollWidth - e.clientWidth}: ${name(e)}`);
  }
  const content = document.querySelector('.content');
  const bars = content ? [...content.querySelectorAll('.mains, .told, .note')] : [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (!node.textContent.trim() || ['SCRIPT', 'STYLE'].includes(e.tagName) || !shown(e)) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize), on = ground(e), ink = rgb(style.color);
    const [x, y] = [lum(ink), lum(on)].sort((a, b) => b - a), ratio = (x + 0.05) / (y + 0.05);
    if (size < smallest) found.push(`text of ${size} px: ${name(e)}`);
    const least = /₽/.test(node.textContent) ? 7 : text;
    if (ratio < least) found.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`);
    if (!content || !fixed || !content.contains(e) || e.closest('.scrolling')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const r = range.getBoundingClientRect(), c = content.getBoundingClientRect();
    if (r.bottom > c.bottom + 1 || r.top < c.top - 1 || r.right > c.right + 1) found.push('cut off: ' + name(e));
    for (const bar of bars) {
      const b = bar.getBoundingClientRect();
      if (!bar.contains(e) && r.bottom > b.top + 3 && r.top < b.bottom - 3) found.push('covered: ' + name(e));
    }
  }
  return found;
}
