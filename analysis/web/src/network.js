// The drawing of the network at a moment: units, links, cuts, messages.
import { blockById, blockText, nodeName, nodes, plural } from './facts.js';
import { branchOf, clusterName, CUT_BACK, CUT_THERE, lines, OPEN, single, units } from './moment.js';
import { layout, WIDTH } from './layout.js';
import { el, svg } from './dom.js';
import { PALETTE } from './series.js';

export const DOTS_MAX = 400; // messages at a time
const LABELS_MAX = 60; // of nodes drawn singly

// Branch 0, the best chain at the end, has the first colour; stale branches take turns with the others,
// without the grey and the second blue.
const STALE = PALETTE.filter((_, i) => ![0, 6, 12].includes(i));
export const branchColour = (branch) => (branch === undefined ? PALETTE[6] : branch === 0 ? PALETTE[0] : STALE[(branch - 1) % STALE.length]);
// A unit behind the highest tip of its branch is paler.
export const paint = (branch, behind) => (behind ? `color-mix(in srgb, ${branchColour(branch)} 40%, var(--card))` : branchColour(branch));
export const tipText = (block) => (blockById.has(block) ? blockText(blockById.get(block)) : `block #${block}`);

const { places, hulls } = layout();
// The top and the height of the drawing, with room for names.
const TOP = Math.min(...places.map((p) => p.y - p.r), ...hulls.map((h) => h.y - h.r - 22)) - 12;
const TALL = Math.max(...places.map((p) => p.y + p.r + 16), ...hulls.map((h) => h.y + h.r + 14)) + 6 - TOP;
const round = (v) => Math.round(v * 10) / 10;
const segment = (x1, y1, x2, y2) => `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`;

// --- what is said of a unit ---

function nodeLines(node, moment) {
  const [[block]] = moment.tips[node];
  const strategy = nodes[node].strategy;
  const state = moment.down.get(node);
  const links = lines.filter((l, i) => (l.a === node || l.b === node) && moment.lines[i] === OPEN).length;
  return [
    `${nodeName(node)}${state ? ` (${state})` : ''}`, `height ${blockById.has(block) ? blockById.get(block).height : 'unknown'}, tip ${tipText(block)}`,
    moment.pools ? `${moment.pools.get(node) || 0} in its mempool` : null, `${plural(links, 'open link')} drawn`, strategy ? `strategy ${strategy}` : null,
  ];
}

function clusterLines(unit, moment) {
  const list = [...moment.tips[unit]].sort((a, b) => b[1] - a[1]);
  return [`${units[unit].name}: ${plural(units[unit].nodes, 'node')}`, ...list.slice(0, 6).map(([block, n]) => `${n} on ${tipText(block)}`), list.length > 6 ? `and ${plural(list.length - 6, 'more tip')}` : null];
}

export const unitLines = (unit, moment) => (single ? nodeLines(unit, moment) : clusterLines(unit, moment)).filter((line) => line !== null);

// --- units ---

const CROSS = (r) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`;
const BARS = (r) => `M${-r / 2} ${-r}V${r}M${r / 2} ${-r}V${r}`;

function makeNode(unit, show) {
  const { x, y, r } = places[unit];
  const { strategy } = nodes[unit];
  const circle = svg('circle', { r });
  const mark = svg('path', { class: 'mark' });
  const group = svg('g', { class: 'unit', transform: `translate(${x} ${y})`, 'data-unit': unit },
    strategy ? svg('circle', { class: 'strategy', r: r + 4 }) : null, circle, mark,
    units.length <= LABELS_MAX ? svg('text', { y: r + 13 }, nodeName(unit)) : null);
  group.addEventListener('pointerenter', () => show(unit));
  group.addEventListener('pointerleave', () => show(null));
  return {
    group,
    update(moment) {
      const [[block]] = moment.tips[unit];
      const branch = branchOf.get(block);
      const state = moment.down.get(unit);
      const behind = moment.behind.has(block);
      group.dataset.branch = branch ?? '';
      group.dataset.tip = block;
      group.dataset.state = state || 'up';
      group.dataset.behind = behind;
      circle.setAttribute('fill', state ? 'var(--card)' : paint(branch, behind));
      circle.setAttribute('stroke', branchColour(branch));
      mark.setAttribute('d', state ? (state === 'paused' ? BARS(r * 0.45) : CROSS(r * 0.45)) : '');
    },
  };
}

// Draws a pie of a cluster's nodes by branch; those behind the highest tip of the branch are a slice of their own.
function slices(of, behind, r) {
  const by = new Map();
  for (const [block, n] of of) {
    const [branch, late] = [branchOf.get(block), behind.has(block)];
    const slice = by.get(`${branch} ${late}`) || { branch, late, n: 0 };
    slice.n += n;
    by.set(`${branch} ${late}`, slice);
  }
  const list = [...by.values()].sort((a, b) => (a.branch ?? -1) - (b.branch ?? -1) || a.late - b.late);
  const total = list.reduce((sum, slice) => sum + slice.n, 0);
  let at = 0;
  return list.map(({ branch, late, n }) => {
    const [from, to] = [at, at + n];
    at = to;
    const edge = (k) => `${round(r * Math.sin((2 * Math.PI * k) / total))} ${round(-r * Math.cos((2 * Math.PI * k) / total))}`;
    const all = { fill: paint(branch, late), 'data-branch': branch ?? '', 'data-nodes': n };
    return n === total ? svg('circle', { r, ...all })
      : svg('path', { d: `M0 0L${edge(from)}A${r} ${r} 0 ${2 * (to - from) > total ? 1 : 0} 1 ${edge(to)}Z`, ...all });
  });
}

function makeCluster(unit, show) {
  const { x, y, r } = places[unit];
  const pie = svg('g', {});
  const label = svg('text', { y: r + 14 });
  const group = svg('g', { class: 'unit', transform: `translate(${round(x)} ${round(y)})`, 'data-unit': unit }, pie, label);
  let drawn = '';
  group.addEventListener('pointerenter', () => show(unit));
  group.addEventListener('pointerleave', () => show(null));
  return {
    group,
    update(moment) {
      const down = [...moment.down.keys()].filter((node) => nodes[node] && nodes[node].cluster === unit).length;
      const key = JSON.stringify([[...moment.tips[unit]].map(([block, n]) => [block, n, moment.behind.has(block)]), down]);
      if (key === drawn) return;
      drawn = key;
      pie.replaceChildren(...slices(moment.tips[unit], moment.behind, round(r)));
      label.textContent = `${units[unit].name} · ${units[unit].nodes}${down ? ` · ${down} down` : ''}`;
    },
  };
}

// --- links ---

// Returns the path of open links and that of cut ones. A link that is cut one way has a half in each: its first
// half, from the sender that is cut off, is broken.
function linkPaths(states) {
  const paths = { open: '', cut: '' };
  for (const [i, l] of lines.entries()) {
    if (l.a === l.b || states[i] === 0) continue;
    const [p, q] = [places[l.a], places[l.b]];
    const [mx, my] = [(p.x + q.x) / 2, (p.y + q.y) / 2];
    const broken = states[i] & (CUT_THERE | CUT_BACK);
    if (!broken) paths.open += segment(p.x, p.y, q.x, q.y);
    else if (broken === (CUT_THERE | CUT_BACK)) paths.cut += segment(p.x, p.y, q.x, q.y);
    else {
      const there = broken === CUT_THERE;
      paths[there ? 'cut' : 'open'] += segment(p.x, p.y, mx, my);
      paths[there ? 'open' : 'cut'] += segment(mx, my, q.x, q.y);
    }
  }
  return paths;
}

// --- messages ---

// Returns the ends of a message's way, at the edges of both units.
function ends(m) {
  const [p, q] = [places[m.a], places[m.b]];
  const d = Math.max(1, Math.hypot(q.x - p.x, q.y - p.y));
  const [ux, uy] = [(q.x - p.x) / d, (q.y - p.y) / d];
  return [{ x: p.x + ux * p.r, y: p.y + uy * p.r }, { x: q.x - ux * q.r, y: q.y - uy * q.r }];
}

// Draws a message as a dot on its way. One that will not arrive fades until the middle.
function dot(m) {
  const [p, q] = ends(m);
  const arrives = ['delivered', 'in-flight'].includes(m.fate);
  if (!arrives && m.done > 0.5) return null;
  return svg('circle', {
    class: arrives ? 'message' : 'message lost', r: 3.2, cx: round(p.x + (q.x - p.x) * m.done), cy: round(p.y + (q.y - p.y) * m.done),
    opacity: arrives ? null : round(1 - 1.8 * m.done),
  });
}

function way(m) {
  const [p, q] = ends(m);
  return svg('path', { class: 'way', d: segment(p.x, p.y, q.x, q.y) });
}

// --- all ---

// Adds the drawing and returns its update(moment, flying, still). flying: the messages to draw; still: as lines
// instead of dots.
export function drawNetwork(parent) {
  const tipBox = el('div', { class: 'tip', hidden: '' });
  let shown = null;
  let last = null;
  const tell = () => {
    tipBox.hidden = shown === null;
    if (shown === null || !last) return;
    tipBox.replaceChildren(...unitLines(shown, last).map((line) => el('div', {}, line)));
    tipBox.style.left = `${Math.min(70, (100 * places[shown].x) / WIDTH)}%`;
    tipBox.style.top = `${(100 * (places[shown].y + places[shown].r + 6 - TOP)) / TALL}%`;
  };
  const show = (unit) => { shown = unit; tell(); };
  const faint = lines.length > 1000 ? 0.12 : lines.length > 200 ? 0.25 : 0.6;
  const open = svg('path', { class: 'link', opacity: faint });
  const cut = svg('path', { class: 'link cut', opacity: Math.min(0.9, faint * 2) });
  const messages = svg('g', {});
  const drawn = units.map((u) => (single ? makeNode(u.id, show) : makeCluster(u.id, show)));
  const picture = svg('svg', { viewBox: `0 ${round(TOP)} ${WIDTH} ${round(TALL)}`, id: 'player-network', role: 'img', 'aria-label': 'The network' },
    ...hulls.map((h) => svg('g', {}, svg('circle', { class: 'hull', cx: round(h.x), cy: round(h.y), r: round(h.r + 12) }),
      svg('text', { class: 'hullname', x: round(h.x), y: round(h.y - h.r - 18) }, clusterName(h.cluster)))),
    open, cut, messages, ...drawn.map((d) => d.group));
  parent.append(el('div', { class: 'network' }, picture, tipBox));
  let linked = '';
  return {
    update(moment, flying, still) {
      last = moment;
      const states = moment.lines.join('');
      if (states !== linked) {
        linked = states;
        const paths = linkPaths(moment.lines);
        open.setAttribute('d', paths.open);
        cut.setAttribute('d', paths.cut);
      }
      for (const d of drawn) d.update(moment);
      const far = flying.filter((m) => m.a !== m.b && places[m.a] && places[m.b]).slice(0, DOTS_MAX);
      messages.replaceChildren(...far.map(still ? way : dot).filter((d) => d !== null));
      tell();
    },
  };
}

