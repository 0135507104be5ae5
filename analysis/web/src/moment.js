// The network at a moment of virtual time, computed from the data of the page. Nothing here draws.
//
// The player draws units. A unit is a node; in a large network it is a cluster: the nodes of one region on one
// side of the cut that lasted longest.
import { raw, rows, groupBy, isFull } from './data.js';
import { blockById, blocks, blockText, counts, faults, nodeName, nodes, plural, run } from './facts.js';
import { branches } from './branches.js';
import { stamp, whole } from './units.js';

const [player] = rows('player');
export const single = player.single === 1;
export const clusters = rows('clusters');
export const units = single ? nodes.map((n, i) => ({ id: i, name: n.name, nodes: 1, cluster: n.cluster }))
  : clusters.map((c) => ({ id: c.cluster, name: clusterName(c), nodes: c.nodes, cluster: c.cluster }));
const unitOf = (node) => (single ? node : nodes[node] ? nodes[node].cluster : -1);

export function clusterName(c) {
  const side = c.side === null ? null : c.side === 0 ? 'both sides' : `side ${c.side}`;
  return [c.region, side].filter((part) => part !== null).join(', ') || 'all nodes';
}

export const { branchOf, rowOf } = branches(blocks);

// --- how far the data reaches ---

const shifts = rows('shifts');
const links = rows('links').filter((l) => nodes[l.src] && nodes[l.dst]);
const connections = rows('connections');
const sideRows = rows('sides');
const downRows = rows('down');
const messages = rows('messages');

// The last moment for which the page has all blocks and all moves of tips.
export const end = Math.min(run.end_ns,
  blocks.length < counts.blocks ? blocks[blocks.length - 1].found_ns : Infinity,
  isFull('shifts') ? shifts.at(-1).time_ns - player.step_ns : Infinity);
export const stepNs = player.step_ns;
const FINE_STEP = 1e7;
// Where tips move too often, the page has their state at the ends of slices of the run, and in finer steps
// where it has messages. Returns the first such moment that is not before t.
export function snap(t) {
  const up = (step) => Math.ceil(t / step) * step;
  const fine = t <= player.fine_ns ? player.fine_ns : t <= player.fine_end_ns ? up(FINE_STEP) : Infinity;
  return Math.max(0, Math.min(end, stepNs ? Math.min(up(stepNs), fine) : t));
}

// Says what the page leaves out.
export const leftOut = [
  stepNs ? `The tips moved ${whole(counts.tips)} times, so the player goes in steps of ${stepNs / 1e9} s, and of 10 ms from ${stamp(player.fine_ns)} to ${stamp(player.fine_end_ns)}.` : null,
  end < run.end_ns ? `The data of this page ends at ${stamp(end)} of ${stamp(run.end_ns)}.` : null,
  single ? null : `${whole(counts.nodes)} nodes are drawn by region${player.cut === null ? '' : ' and by side of the longest cut'}; up to 200 are drawn singly. Messages within a group are counted and not drawn.`,
  single && links.length < player.links ? `${whole(links.length)} of ${whole(player.links)} links are drawn.` : null,
  isFull('connections') ? `Links that opened or closed after ${stamp(connections.at(-1).time_ns)} are left out.` : null,
  isFull('sides') ? 'Some of the cuts are not drawn, because there are too many.' : null,
  isFull('faults') ? 'Faults after the first 1000 are left out.' : null,
  counts.reorgs > raw.reorgs.rows.length ? `Of ${whole(counts.reorgs)} reorganisations, the ${whole(raw.reorgs.rows.length)} deepest are events.` : null,
  isFull('down') ? `Nodes that went down after ${stamp(downRows.at(-1).from_ns)} are not marked.` : null,
].filter((text) => text !== null);

// --- tips ---

export const moves = single ? (raw.moves.rows.length ? rows('moves') : rows('tips')) : shifts;

// Returns a map for each unit: from tips to the number of its nodes on that tip.
function tipsAt(t) {
  if (single) {
    const last = units.map(() => 0);
    for (let i = 0; i < moves.length && moves[i].time_ns <= t; i++) last[moves[i].node] = moves[i].block;
    return last.map((block) => new Map([[block, 1]]));
  }
  const tips = units.map((u) => new Map([[0, u.nodes]]));
  const add = (of, block, n) => { if ((of.get(block) || 0) + n) of.set(block, (of.get(block) || 0) + n); else of.delete(block); };
  for (const m of moves) {
    if (m.time_ns > t) break;
    add(tips[m.cluster], m.old_block, -m.nodes);
    add(tips[m.cluster], m.block, m.nodes);
  }
  return tips;
}

// --- faults, links and cuts ---

const inForce = (f, t) => f.begins === 1 && f.time_ns <= t && (f.end_ns === null || f.end_ns > t);
const sides = new Map(); // by fault: sides by node
for (const s of sideRows) sides.set(s.fault, (sides.get(s.fault) || new Map()).set(s.node, s.side));
const cuts = faults.filter((f) => ['partition', 'oneway'].includes(f.kind) && !/\bstyle=slow\b/.test(f.text));
const closings = faults.filter((f) => f.kind === 'cut');

// Does this partition or one-way cut stop what a sends to b?
function stops(fault, a, b) {
  const of = sides.get(fault.seq);
  if (!of) return false;
  if (/^partition ring\b/.test(fault.text)) return ![1, nodes.length - 1].includes(Math.abs(a - b));
  const side = (node) => (of.has(node) ? of.get(node) : /^partition isolate\b/.test(fault.text) ? 2 : null);
  const [from, to] = [side(a), side(b)];
  if (from === null || to === null) return false;
  if (fault.kind === 'oneway') return from !== 2 && to !== 1;
  return from !== 0 && to !== 0 && from !== to;
}

export const OPEN = 1;
export const CUT_THERE = 2; // from src to dst
export const CUT_BACK = 4;

// Returns flags for each link: is it open, and what cuts it? A link that a `cut` keeps closed counts as cut. A link
// that is closed for another reason has 0.
function linksAt(t) {
  const standing = cuts.filter((f) => inForce(f, t));
  const closed = new Map(); // by edge: when it closed; null: it is open
  for (const c of connections) {
    if (c.time_ns > t) break;
    closed.set(c.edge, c.open ? null : c.time_ns);
  }
  const closing = closings.filter((f) => inForce(f, t));
  return links.map((l) => {
    const since = closed.has(l.id) ? closed.get(l.id) : l.open ? null : -1;
    if (since === null) return OPEN | (standing.some((f) => stops(f, l.src, l.dst)) ? CUT_THERE : 0) | (standing.some((f) => stops(f, l.dst, l.src)) ? CUT_BACK : 0);
    const by = closing.some((f) => since >= 0 && [l.src, l.dst].every((n) => sides.has(f.seq) && sides.get(f.seq).has(n)));
    return by ? CUT_THERE | CUT_BACK : 0;
  });
}

// Returns the same between clusters, which only the cut that made them can cut.
const spans = rows('spans');
function spansAt(t) {
  const cut = cuts.find((f) => f.seq === player.cut && inForce(f, t));
  const side = (cluster) => clusters[cluster].side;
  const apart = (s) => cut && ![null, 0].includes(side(s.a)) && ![null, 0].includes(side(s.b)) && side(s.a) !== side(s.b);
  return spans.map((s) => OPEN | (apart(s) ? CUT_THERE | CUT_BACK : 0));
}

export const lines = single ? links.map((l) => ({ a: l.src, b: l.dst, count: 1 })) : spans.map((s) => ({ a: s.a, b: s.b, count: s.links }));

const DOWN = { crash: 'down', 'crash-in-write': 'down', pause: 'paused', leave: 'away', 'churn-leave': 'away' };

// Returns a map from nodes that are not up to 'down', 'paused' or 'away'.
function downAt(t) {
  const down = new Map();
  for (const d of downRows) {
    if (d.from_ns <= t && (d.end_ns === null || d.end_ns > t)) down.set(d.node, down.get(d.node) === 'down' ? 'down' : DOWN[d.kind]);
  }
  return down;
}

// --- messages ---

export const hasMessages = run.level === 'full';
export const messageKinds = [...messages.reduce((all, m) => all.set(m.kind, (all.get(m.kind) || 0) + 1), new Map())].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
export const messageWindow = messages.length ? { from: counts.from_ns, to: Math.min(counts.to_ns, run.end_ns), all: !isFull('messages'), count: messages.length } : null;

const messagesAt = (t) => messages.filter((m) => m.sent_ns <= t && m.due_ns > t)
  .map((m) => ({ ...m, a: unitOf(m.src), b: unitOf(m.dst), done: (t - m.sent_ns) / (m.due_ns - m.sent_ns) }));

// --- mempools ---

const pools = rows('pools');

// Returns a map from nodes to the transactions in their mempools; null if the page does not have them.
function poolsAt(t) {
  if (!pools.length || isFull('pools')) return null;
  const held = new Map();
  for (const p of pools) {
    if (p.time_ns > t) break;
    held.set(p.node, (held.get(p.node) || 0) + p.d);
  }
  return held;
}

// --- all of it ---

export function momentAt(t) {
  const tips = tipsAt(t);
  const on = new Map(); // by tip: nodes
  for (const of of tips) for (const [block, n] of of) on.set(block, (on.get(block) || 0) + n);
  const best = new Map(); // by branch: the height of its highest tip
  const heightOf = (block) => (blockById.has(block) ? blockById.get(block).height : -1);
  for (const block of on.keys()) best.set(branchOf.get(block), Math.max(heightOf(block), best.get(branchOf.get(block)) ?? -1));
  return {
    t, tips, behind: new Set([...on.keys()].filter((block) => heightOf(block) < best.get(branchOf.get(block)))), on: [...on].sort((a, b) => b[1] - a[1] || a[0] - b[0]),
    faults: faults.filter((f) => inForce(f, t)), lines: single ? linksAt(t) : spansAt(t),
    down: downAt(t), messages: messagesAt(t), pools: poolsAt(t),
  };
}

// --- events of interest ---

function forks() {
  return [...groupBy(blocks, (b) => b.height).values()].filter((list) => list.length > 1).map((list) => {
    const [first, second] = [...list].sort((a, b) => a.found_ns - b.found_ns || a.id - b.id);
    return { t: second.found_ns, kind: 'fork', text: `${blockText(second)}${second.miner === null ? '' : ` by ${nodeName(second.miner)}`}, beside ${blockText(first)}` };
  });
}

// One event for all nodes that reorganise at the same moment.
function reorgs() {
  return [...groupBy(rows('reorgs'), (r) => r.time_ns)].map(([t, list]) => {
    const tip = blockById.get(list[0].block);
    const others = list.length - 1;
    return { t, kind: 'reorg', text: `${nodeName(list[0].node)} takes out ${plural(list[0].depth, 'block')} for ${tip ? blockText(tip) : `#${list[0].block}`}${others ? `, and so do ${plural(others, 'more node')}` : ''}` };
  });
}

function failures() {
  const failed = rows('checks').filter((c) => c.verdict === 'failed' && c.time_ns !== null).sort((a, b) => a.time_ns - b.time_ns);
  return failed.slice(0, 1).map((c) => ({ t: c.time_ns, kind: 'failure', text: `line ${c.line}: ${c.text}` }));
}

export const KINDS = [['fork', 'forks'], ['reorg', 'reorgs'], ['fault', 'faults'], ['heal', 'heals'], ['failure', 'first failure']];

// All events by time. Where the page has tips by slice, an event counts at the end of its slice.
export const events = [
  ...forks(), ...reorgs(), ...failures(),
  ...faults.map((f) => ({ t: f.time_ns, kind: 'fault', text: f.text })),
  ...faults.filter((f) => f.begins && f.end_ns !== null).map((f) => ({ t: f.end_ns, kind: 'heal', text: `end of ${f.text}` })),
].filter((e) => e.t <= end).map((e) => ({ ...e, t: snap(e.t) })).sort((a, b) => a.t - b.t);
