'use strict';
// The station's page. It shows whole views, numbered, and says what a person pressed or typed with the number of the
// question that was on the screen then. Texts go in as text, never as markup.
const key = location.hash.slice(1);
const word = document.body.dataset;
const $ = (id) => document.getElementById(id);
const DEAF_MS = 40000; // a beat comes every 15 s
const BOUNCE_MS = 150; // a scanner may end what it types with two Enters
let view = null, over = false, heard = 0, entered = 0, asks = null, sound = word.sound === 'on';

function state(text) {
  $('state').textContent = text;
  document.body.classList.toggle('off', text !== '');
}

// ---- sounds: done, fail, your turn ----

let audio = null;
function tones(list) {
  if (!sound || !navigator.userActivation.hasBeenActive) return; // a browser is silent before the first touch
  audio ??= new AudioContext();
  audio.resume();
  let at = audio.currentTime;
  for (const [hertz, seconds] of list) {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.04;
  }
}
const TONES = { good: [[660, 0.12], [990, 0.2]], bad: [[330, 0.25], [220, 0.45]], doubtful: [[440, 0.2], [440, 0.2]], turn: [[880, 0.15]] };
function sounds(old, v) {
  const list = [];
  if (old && v.last !== old.last && v.tone) list.push(...TONES[v.tone]);
  if (v.turn && (!old || v.question !== old.question)) list.push(...TONES.turn);
  document.body.dataset.played = list.length ? (v.last !== (old && old.last) && v.tone) || 'turn' : document.body.dataset.played || '';
  if (list.length) tones(list);
}
function showSound() {
  $('sound').textContent = sound ? word.soundOn : word.soundOff;
  $('sound').setAttribute('aria-pressed', sound);
}

// ---- the view ----

function make(name, text, css) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (css) e.className = css;
  return e;
}
const list = (id, texts) => $(id).replaceChildren(...texts.map((t) => make('li', t)));
const pairs = (id, all) => $(id).replaceChildren(...all.flatMap((p) => [make('dt', p.label), make('dd', p.text)]));
function boxed(id, all) {
  $(id).replaceChildren(...all.map((p) => {
    const box = make('div');
    box.append(make('dt', p.label), make('dd', p.text));
    return box;
  }));
}

const shape = (name, of) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [k, v] of Object.entries(of)) e.setAttribute(k, v);
  return e;
};
const millimetres = (mm) => (mm > 0 ? '+' : mm < 0 ? '\u2212' : '') + Math.abs(mm) + ' mm';
function draw(d) {
  const edge = 30, up = (y) => -y, [left, bottom, width, height] = d.around, right = left + width;
  const box = (b, css, round) => shape('rect', { x: b[0], y: up(b[1] + b[3]), width: b[2], height: b[3], rx: round, class: css });
  const path = (way, css) => shape('path', { d: way, class: css });
  const label = (x, y, text, anchor) => {
    const e = shape('text', { x, y: up(y), 'text-anchor': anchor });
    e.textContent = text;
    return e;
  };
  const x = d.phone[0] + d.phone[2] / 2, y = d.phone[1] + d.phone[3] / 2, below = bottom - 9, beside = right + 9;
  const all = [box(d.reader, 'reader', 6), box(d.phone, 'phone', 10), path(`M-7 0h14M0 -7v14`, 'mark'),
    shape('circle', { cx: x, cy: up(y), r: 4, class: 'mark' })];
  if (d.x) all.push(path(`M0 0V${up(below)}M${x} ${up(y)}V${up(below)}`, 'way'), path(`M0 ${up(below)}H${x}`, 'size'),
    label(x / 2, below - 16, millimetres(d.x), 'middle'));
  if (d.y) all.push(path(`M0 0H${beside}M${x} ${up(y)}H${beside}`, 'way'), path(`M${beside} 0V${up(y)}`, 'size'),
    label(beside + 5, y / 2 - 4, millimetres(d.y), 'start'));
  if (d.z) all.push(label(d.x > 0 ? left - edge : right - 10, below - 16, '\u2195 ' + d.z + ' mm', 'start'));
  $('drawing').setAttribute('viewBox', [left - edge, up(bottom + height) - 4, width + edge + (d.y ? 70 : edge), height + (d.x || d.z ? edge + 4 : 8)].join(' '));
  $('drawing').replaceChildren(...all);
}

function button(c) {
  const main = ['go', 'yes', 'no'].includes(c.choice), b = make('button', c.name, main ? 'main' : '');
  b.type = 'button';
  b.dataset.choice = c.choice + (c.text ? '-' + c.text : '');
  b.append(make('kbd', c.key));
  b.onclick = () => {
    $('line').focus(); // never on a button: the Enter of a scanner would press it
    if (c.needs) ask(c);
    else say('say/' + view.question + '/' + c.choice, c.text);
  };
  return b;
}

function show(v) {
  const old = view;
  view = v;
  document.body.dataset.number = v.number;
  document.body.dataset.what = v.what;
  document.title = v.order || v.title;
  $('title').textContent = v.title;
  $('session').textContent = v.session;
  $('order').textContent = v.order.replace(/-/g, '-\u2060'); // names stay whole
  list('changes', v.what === 'lift' || v.what === 'measuring' ? [] : v.changes);
  pairs('facts', v.facts);
  $('place').hidden = !v.drawing;
  if (v.drawing) draw(v.drawing);
  $('measuring').hidden = !v.measured;
  if (v.measured) [$('bar').value, $('bar').max] = v.measured;
  $('measured').textContent = v.measuring || '';
  $('last').hidden = !v.last;
  $('last').className = v.tone;
  $('result').textContent = v.result;
  $('why').textContent = v.why;
  $('aside').textContent = v.aside;
  $('notices').replaceChildren(...v.notices.slice(0, 3).map((n, i) => make('li', n, i < v.fresh ? '' : 'old')));
  boxed('figures', v.figures);
  boxed('verdicts', v.verdicts);
  pairs('means', v.choices.map((c) => ({ label: c.key, text: c.means })));
  if (!old || old.question !== v.question) {
    $('buttons').replaceChildren(...v.choices.filter((c) => c.choice !== 'tag' && c.choice !== 'help').map(button));
    $('reply').textContent = '';
    if (asks && !v.choices.some((c) => c.choice === asks.choice)) ask(null);
  }
  const tag = v.choices.find((c) => c.choice === 'tag');
  if (!asks) {
    $('asked').textContent = tag ? tag.name : word.line;
    keyboard(!!tag);
  }
  sounds(old, v);
  if (v.ended) {
    over = true;
    document.body.classList.add('ended');
    $('buttons').replaceChildren();
    $('type').hidden = true;
  }
}

// ---- what is said ----

// A choice that needs a text: what is typed next is that.
function ask(c) {
  asks = c;
  $('type').classList.toggle('text', !!c);
  $('back').hidden = !c;
  if (c) $('asked').textContent = (c.choice === 'note' ? word.askText : word.askWhy).replace('{0}', c.name);
  else if (view) $('asked').textContent = word.line;
  $('line').value = '';
  keyboard(!!c);
  $('line').focus();
}
// Of a tablet: only where something is to be typed.
function keyboard(on) {
  $('line').inputMode = on ? 'text' : 'none';
}

async function say(path, text) {
  try {
    const r = await fetch('/' + path, { method: 'POST', body: text, cache: 'no-store',
      headers: { 'X-Station-Key': key, 'Content-Type': 'application/octet-stream' } });
    $('reply').textContent = r.status === 204 ? '' : await r.text();
    return r.status === 204;
  } catch {
    state(word.lost);
    return false;
  }
}

async function enter() {
  const text = $('line').value, now = performance.now(), dull = text.trim() === '';
  if (dull && !asks && now - entered < BOUNCE_MS) return;
  if (text.length > 2) entered = now; // it may have been scanned
  if (!view || over) return;
  $('line').value = '';
  const said = asks ? await say('say/' + view.question + '/' + asks.choice, text) : await say('line/' + view.question, text);
  if (said) ask(null);
  else if (!$('line').value && asks) $('line').value = text;
}

function help() {
  if (!$('keys').open) $('keys').showModal();
}

$('type').onsubmit = (e) => { e.preventDefault(); enter(); };
$('line').onpointerdown = () => keyboard(true);
$('back').onclick = () => ask(null);
$('help').onclick = help;
$('close').onclick = () => $('keys').close();
$('sound').onclick = () => {
  sound = !sound;
  showSound();
  tones(TONES.turn);
  $('line').focus();
};
// Whatever types, types into the line: a scan presses no button that has the focus.
addEventListener('keydown', (e) => {
  if (e.isComposing || e.ctrlKey || e.altKey || e.metaKey) return;
  if ($('keys').open) {
    if (e.key !== 'Tab' && e.key !== 'Shift') { e.preventDefault(); $('keys').close(); $('line').focus(); }
    return;
  }
  if (e.key === 'Escape') ask(null);
  if (e.key.length === 1 && e.key !== ' ' && document.activeElement !== $('line')) $('line').focus();
}, true);

// ---- the stream ----

function take(event) {
  if (!event.startsWith('data: ')) return;
  const text = event.slice(6);
  if (text === 'elsewhere') {
    over = true;
    state(word.elsewhere);
    return;
  }
  state('');
  show(JSON.parse(text));
}

async function read(body, abort) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const watch = setInterval(() => { if (performance.now() - heard > DEAF_MS) abort.abort(); }, 1000);
  try {
    for (let rest = ''; ;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard = performance.now();
      rest += value;
      for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) take(rest.slice(0, end));
    }
  } finally {
    clearInterval(watch);
  }
}

async function listen() {
  while (!over) {
    const abort = new AbortController();
    heard = performance.now();
    try {
      const r = await fetch('/events', { headers: { 'X-Station-Key': key }, cache: 'no-store', signal: abort.signal });
      if (!r.ok) {
        state(word.refused);
        if (r.status === 401) return;
      } else {
        await read(r.body, abort);
      }
    } catch { /* said below */ }
    if (over) return;
    state(word.lost);
    await new Promise((go) => setTimeout(go, 1000));
  }
}

word.line = $('asked').textContent;
document.body.classList.add('off');
showSound();
$('line').focus();
listen();
