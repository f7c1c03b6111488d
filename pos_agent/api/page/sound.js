// Sounds: every one has its sight on the screen as well. Loudness is kept in this browser.
const LOUDNESS = { off: 0, quiet: 0.08, loud: 0.4 };
const SOUNDS = {
  found: [[880, 80]],
  missing: [[440, 120], [440, 120]],
  action: [[330, 150], [330, 150], [330, 150]],
  refused: [[220, 150]],
};
let audio = null;
const soundLevel = () => kept("sound") || "quiet";

function sound(name) {
  document.documentElement.dataset.sound = name;
  const volume = LOUDNESS[soundLevel()];
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!volume || !Context) return;
  audio = audio || new Context();
  let at = audio.currentTime;
  for (const [hertz, ms] of SOUNDS[name]) {
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = hertz;
    gain.gain.value = volume;
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + ms / 1000);
    at += ms / 1000 + 0.07;
  }
}

// This browser's storage; a kiosk that forbids it works until it is closed.
const inMemory = {};
function kept(name) {
  try { return window.localStorage.getItem("pos-agent." + name); } catch (_) { return inMemory[name] || null; }
}
function keep(name, value) {
  inMemory[name] = value;
  try {
    if (value === null) window.localStorage.removeItem("pos-agent." + name);
    else window.localStorage.setItem("pos-agent." + name, value);
  } catch (_) { /* forbidden: memory has it */ }
}
