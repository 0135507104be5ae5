// The player: the network at a moment, from the start of the run to its end. The address keeps the moment:
// #t=1234.567, in seconds with up to 9 decimals, so that it is exact.
import { choiceOf, keepChoice } from './address.js';
import { rows } from './data.js';
import { counts, faults, nodes, run, withheld } from './facts.js';
import { branchOf, end, events, hasMessages, KINDS, leftOut, messageKinds, messageWindow, momentAt, single, snap, stepNs, units } from './moment.js';
import { DOTS_MAX, drawNetwork, paint, tipText, unitLines } from './network.js';
import { drawGrowth } from './growth.js';
import { el, section, svg } from './dom.js';
import { spells } from './marks.js';
import { stamp, whole } from './units.js';

const SECONDS_LONG = 45; // how long the run plays at the speed that is chosen first
const TIPS_SHOWN = 8;
const STILL_MS = 1500; // with reduced motion: between two events
const ADDRESS_MS = 500; // how often the address follows while it plays
const LOOK = single ? 'Choose a node to read here its height, its tip and its mempool; pointing at it in the picture shows the same.'
  : 'Choose a group to read here on which tips its nodes are; pointing at it in the picture shows the same.';
const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');

// --- the moment in the address ---

function secondsOf(ns) {
  const text = String(Math.round(ns)).padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '');
}

// The moment of the address in ns; null: it has none.
function momentOfAddress() {
  const found = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(choiceOf('t') || '');
  return found ? Number(found[1] + (found[2] || '').padEnd(9, '0')) : null;
}

// --- what plays ---

const state = { t: 0, playing: false, speed: 1, stop: 'all', kind: 'all', unit: null, frame: 0, timer: 0, addressed: 0 };
const chosen = () => events.filter((e) => state.stop === 'all' || e.kind === state.stop);
const after = (t) => chosen().find((e) => e.t > t);
const before = (t) => chosen().filter((e) => e.t < t).at(-1);

function speeds() {
  const all = Math.max(0.001, Number((end / 1e9 / SECONDS_LONG).toPrecision(2)));
  return { all, list: [...new Set([0.01, 0.1, 1, 10, 60, 600, 3600, all])].sort((a, b) => a - b) };
}

let parts = null; // elements that a new moment changes

function address() {
  state.addressed = window.performance.now();
  keepChoice('t', secondsOf(state.t));
}

function setPlaying(playing) {
  window.cancelAnimationFrame(state.frame);
  window.clearTimeout(state.timer);
  state.playing = playing;
  parts.play.textContent = playing ? 'Pause' : 'Play';
  parts.what.setAttribute('aria-live', playing && !reduced.matches ? 'off' : 'polite');
  if (playing) {
    start();
    return;
  }
  draw();
  address();
}

// Goes to a moment that the reader chose, which ends the playing.
function go(t) {
  if (state.playing) setPlaying(false);
  state.t = snap(t);
  draw();
  address();
}

// Starts to play. With reduced motion the player goes from event to event, and nothing moves between.
function start() {
  if (state.t >= end) state.t = 0;
  if (reduced.matches) {
    const step = () => {
      const next = after(state.t);
      if (!next) { setPlaying(false); return; }
      state.t = next.t;
      draw();
      address();
      state.timer = window.setTimeout(step, STILL_MS);
    };
    step();
    return;
  }
  let exact = state.t;
  let last = null;
  const frame = (now) => {
    exact += last === null ? 0 : Math.min(250, now - last) * 1e6 * state.speed;
    last = now;
    state.t = snap(Math.floor(exact / 1e6) * 1e6); // whole ms, for a short address
    draw();
    if (now - state.addressed > ADDRESS_MS) address();
    if (exact >= end) setPlaying(false);
    else state.frame = window.requestAnimationFrame(frame);
  };
  state.frame = window.requestAnimationFrame(frame);
}

function step(event) {
  if (event) go(event.t);
}

// --- drawing ---

function happened() {
  const last = events.filter((e) => e.t <= state.t).at(-1);
  if (!last) return events.length ? 'Nothing has happened yet.' : 'This run has no fork, reorganisation, fault or failure to stop at.';
  const list = events.filter((e) => e.t === last.t);
  const name = (kind) => (kind === 'failure' ? 'first failure' : kind);
  return `${stamp(last.t)} ${list.slice(0, 3).map((e) => `${name(e.kind)}: ${e.text}`).join('; ')}${list.length > 3 ? `; and ${list.length - 3} more` : ''}`;
}

function legend(moment) {
  const rest = moment.on.slice(TIPS_SHOWN);
  return [
    ...moment.on.slice(0, TIPS_SHOWN).map(([block, n]) => {
      const swatch = svg('svg', { class: 'swatch', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg('rect', { width: 10, height: 10, rx: 2, fill: paint(branchOf.get(block), moment.behind.has(block)) }));
      return el('li', { 'data-tip': block, 'data-nodes': n }, swatch, el('b', {}, whole(n)), ` on ${tipText(block)}`);
    }),
    rest.length ? el('li', {}, `${whole(rest.reduce((sum, [, n]) => sum + n, 0))} on ${rest.length} more tips`) : null,
  ].filter((item) => item !== null);
}

const wanted = (m) => state.kind === 'all' || m.kind === state.kind;

function messageText(flying) {
  const choose = (text) => [text, el('span', { class: 'whole' }, 'report --from --to'), '.'];
  if (!hasMessages) return ['This trace has no messages: run with ', el('span', { class: 'whole' }, '--trace full'), ' to see them move.'];
  if (!messageWindow) return choose('This page has no messages. Choose some with ');
  const { from, to, all, count } = messageWindow;
  const which = all ? `all that were sent from ${stamp(from)} to ${stamp(to)}` : `the first ${whole(count)} sent from ${stamp(from)} on`;
  const now = flying || (state.t >= from && state.t < to) ? `${whole(flying)} in flight${flying > DOTS_MAX ? `, of which ${DOTS_MAX} are drawn at most` : ''}` : 'This page does not have the messages of this moment';
  return choose(`${now}. It has ${which}. Choose others with `);
}

function draw() {
  const moment = momentAt(state.t);
  const flying = state.kind === 'none' ? [] : moment.messages.filter(wanted);
  parts.network.update(moment, flying, reduced.matches);
  parts.growth.update(moment);
  parts.slider.value = String(state.t);
  parts.slider.setAttribute('aria-valuetext', stamp(state.t));
  parts.clock.textContent = stamp(state.t);
  parts.what.textContent = happened();
  parts.tips.replaceChildren(...legend(moment));
  parts.tipCount.textContent = moment.on.length === 1 ? 'All nodes on one tip' : `${whole(moment.on.length)} different tips`;
  const faults = moment.faults.slice(0, 5).map((f) => el('li', {}, `${f.text} (since ${stamp(f.time_ns)})`));
  if (moment.faults.length > 5) faults.push(el('li', {}, `and ${moment.faults.length - 5} more`));
  parts.faults.replaceChildren(...(faults.length ? faults : [el('li', { class: 'soft' }, 'none')]));
  parts.messages.replaceChildren(...messageText(moment.messages.filter((m) => state.kind === 'none' || wanted(m)).length));
  parts.unit.textContent = state.unit === null ? LOOK : unitLines(state.unit, moment).join(' · ');
  parts.made.classList.toggle('noprint', state.t === 0);
  parts.moment = moment;
}

// The strip above the slider: a band for each fault that lasts, a line for each reorganisation and failure.
const bands = spells.filter((s) => s.to > s.from && s.from < end).slice(0, 200);

function marks() {
  const at = (t) => ((1000 * Math.min(t, end)) / (end || 1)).toFixed(1);
  const lines = events.filter((e) => ['reorg', 'failure'].includes(e.kind)).slice(0, 2000);
  return svg('svg', { class: 'marks', viewBox: '0 0 1000 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...bands.map((b) => svg('rect', { class: 'band', x: at(b.from), width: Math.max(1, at(b.to) - at(b.from)), height: 10 })),
    ...lines.map((e) => svg('path', { class: e.kind, d: `M${at(e.t)} 0V10` })));
}

// --- controls ---

function select(label, id, options, value, onchange) {
  const list = el('select', { id, onchange: (event) => onchange(event.target.value) }, ...options.map(([of, text]) => el('option', { value: of }, text)));
  list.value = value;
  return el('label', {}, `${label} `, list);
}

function onkey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('select')) return;
  const onButton = event.target.closest('button');
  const onSlider = event.target === parts.slider;
  const small = Math.max(stepNs, end / 500);
  const keys = {
    ' ': onButton ? null : () => setPlaying(!state.playing),
    ArrowLeft: () => (event.shiftKey || onSlider ? go(state.t - small) : step(before(state.t))),
    ArrowRight: () => (event.shiftKey || onSlider ? go(state.t + small) : step(after(state.t))),
    Home: () => go(0),
    End: () => go(end),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

function controls() {
  const count = (kind) => events.filter((e) => e.kind === kind).length;
  const { all, list } = speeds();
  state.speed = all;
  state.kind = messageKinds.length ? 'all' : 'none';
  const button = (id, text, onclick, label) => el('button', { type: 'button', id, onclick, 'aria-label': label }, text);
  const watch = () => {
    setPlaying(false);
    state.speed = Math.max(0.01, Number(((messageWindow.to - messageWindow.from) / 1e9 / SECONDS_LONG).toPrecision(1)));
    const speed = document.getElementById('player-speed');
    if (![...speed.options].some((o) => o.value === String(state.speed))) speed.append(el('option', { value: state.speed }, `${state.speed}×`));
    speed.value = String(state.speed);
    go(messageWindow.from);
    if (!reduced.matches) setPlaying(true);
  };
  parts.play = button('player-play', 'Play', () => setPlaying(!state.playing));
  return el('div', { class: 'row noprint' },
    button('player-before', '‹ event', () => step(before(state.t)), 'Event before'), parts.play, button('player-after', 'event ›', () => step(after(state.t)), 'Next event'),
    select('events', 'player-stop', [['all', `all (${events.length})`], ...KINDS.filter(([kind]) => count(kind)).map(([kind, name]) => [kind, kind === 'failure' ? name : `${name} (${count(kind)})`])], 'all', (value) => { state.stop = value; }),
    select('speed', 'player-speed', list.map((speed) => [String(speed), speed === all ? `${speed}× (all in ${SECONDS_LONG} s)` : `${speed}×`]), String(all), (value) => { state.speed = Number(value); }),
    messageKinds.length ? select('messages', 'player-kind', [['all', 'all kinds'], ['none', 'none'], ...messageKinds.map(([kind, n]) => [kind, `${kind} (${whole(n)})`])], 'all', (value) => { state.kind = value; draw(); }) : null,
    messageKinds.length ? button('player-watch', 'watch messages', watch, 'Play the time whose messages the page has') : null);
}

// --- all ---

// Explains what the strip above the slider shows of this run.
function stripText() {
  const has = (kind) => events.some((e) => e.kind === kind);
  const told = [bands.length ? 'bands are faults' : null, has('reorg') ? 'thin lines reorganisations' : null, has('failure') ? 'the thick line is the first failure' : null].filter((text) => text !== null);
  return told.length ? `In the strip above the slider ${told.join(', ')}. ` : '';
}

// Explains the marks in the picture that occur in this run.
function marksText() {
  const down = rows('down');
  return [
    down.some((d) => d.kind !== 'pause') ? ' Cross: down or away.' : '', down.some((d) => d.kind === 'pause') ? ' Bars: paused.' : '',
    nodes.some((n) => n.strategy !== null) ? ' Ring: has a strategy.' : '', withheld.size ? ' Block with a broken edge: withheld.' : '',
    faults.some((f) => f.kind === 'oneway') ? ' Half a broken line: cut one way, from that end.' : '',
  ].join('');
}

function build(page, selectBlock) {
  const hint = `${single ? 'Each node has the colour of the branch that its tip is on' : 'Each group shows how many of its nodes have their tips on which branch'}; blue is the chain that is best at the end. Pale: behind the highest tip of the branch. Broken lines are cut.${single ? marksText() : ''}`;
  const keys = 'Keys: space plays and pauses, ← and → go to the event before and after, with Shift by a little, Home and End.';
  const figure = el('div', { class: 'player', tabindex: '0', role: 'group', 'aria-label': `Network and tree of blocks. ${keys}` });
  parts = {
    clock: el('output', { id: 'player-time' }), what: el('p', { id: 'player-event', 'aria-live': 'polite' }), tips: el('ul', { id: 'player-tips' }),
    tipCount: el('h3', {}), faults: el('ul', { id: 'player-faults' }), messages: el('p', { class: 'soft', id: 'player-messages' }), unit: el('p', { id: 'player-unit-text' }),
    slider: el('input', { type: 'range', id: 'player-slider', min: '0', max: String(end), step: 'any', value: '0', 'aria-label': 'Virtual time', oninput: (event) => go(Number(event.target.value)) }),
  };
  const bar = controls();
  const made = section(page, 'player', 'Player', hint, bar,
    el('div', { class: 'time' }, el('div', { class: 'noprint' }, marks(), parts.slider), el('b', {}, parts.clock), el('span', { class: 'soft' }, ` of ${stamp(run.end_ns)}`)),
    el('p', { class: 'soft noprint', id: 'player-help' }, `${stripText()}The address of this page keeps the moment (#t= and the seconds): copy it to show others what you see.`),
    parts.what, figure,
    el('div', { class: 'told' },
      el('div', {}, parts.tipCount, parts.tips),
      el('div', {}, el('h3', {}, 'Faults in force'), parts.faults),
      el('div', {}, el('h3', {}, 'Messages'), parts.messages)),
    el('div', { class: 'row noprint' }, select('look at', 'player-unit', [['', '–'], ...units.slice(0, 1000).map((u) => [String(u.id), u.name])], '', (value) => { state.unit = value === '' ? null : Number(value); draw(); }), parts.unit),
    ...leftOut.map((text) => el('p', { class: 'soft leftout' }, text)),
    reduced.matches ? el('p', { class: 'soft', id: 'player-reduced' }, 'Your system asks for reduced motion: playing goes from event to event.') : null,
    el('p', { class: 'soft noprint' }, keys));
  parts.made = made;
  parts.network = drawNetwork(figure);
  parts.growth = drawGrowth(figure, selectBlock);
  made.addEventListener('keydown', onkey);
  return made;
}

export function drawPlayer(page, selectBlock) {
  if (run.level === 'summary' || !counts.nodes) {
    section(page, 'player', 'Player', 'This trace does not tell which node stood where: run with --trace consensus, or with --trace full to see messages as well.');
    return null;
  }
  const made = build(page, selectBlock);
  const t = momentOfAddress();
  if (t !== null) {
    state.t = snap(t);
    window.requestAnimationFrame(() => made.scrollIntoView());
  }
  draw();
  window.addEventListener('hashchange', () => {
    const to = momentOfAddress();
    if (to !== null) go(to);
  });
  return { at: (t) => { go(t); }, moment: () => parts.moment, events };
}
