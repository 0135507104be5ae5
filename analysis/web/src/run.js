// The page of a run.
import { raw, rows, seconds, duration, moment, clock, whole } from './data.js';
import { blockById, blocks, blockText, counts, nodeName, nodes, run } from './facts.js';
import { continuations } from './branches.js';
import { drawPlayer } from './player.js';
import { SPREAD_FROM, spreads } from './spread.js';
import { bandSeries, el, section, chart, chartOf, table, tip, timeAxis, PALETTE } from './ui.js';

const flow = rows('flow');
const traffic = [...flow.reduce((all, f) => {
  const one = all.get(`${f.kind} ${f.fate}`) || { kind: f.kind, fate: f.fate, messages: 0, bytes: 0 };
  one.messages += f.messages;
  one.bytes += f.bytes;
  return all.set(`${f.kind} ${f.fate}`, one);
}, new Map()).values()].sort((a, b) => b.bytes - a.bytes);
counts.messages = traffic.reduce((sum, t) => sum + t.messages, 0);
counts.bytes = traffic.reduce((sum, t) => sum + t.bytes, 0);
const end = run.end_ns / 1e9;
// One colour a node and one a kind of message, in all charts.
const nodeColour = (id) => PALETTE[id % PALETTE.length];
const kindList = [...new Set(flow.map((f) => f.kind))].sort();
const kindColour = (kind) => PALETTE[Math.max(0, kindList.indexOf(kind)) % PALETTE.length];

// --- faults as bands, payments undone as lines ---

// Spells of faults: from the row that began one to its end, or to the end of the run; moments have none.
export function bands(faults, endNs) {
  return faults.map((f) => ({ text: f.text, from: f.time_ns, to: f.begins ? f.end_ns ?? endNs : f.time_ns }));
}

const spells = bands(rows('faults'), run.end_ns);

// One mark for a payment that was undone at several nodes within a two-hundredth of the run.
export function undoings(list, endSeconds) {
  const marks = [];
  const latest = new Map(); // by payment
  for (const u of list) {
    const last = latest.get(u.transaction);
    if (last && u.time_s - last.time_s <= endSeconds / 200) last.rows.push(u);
    else {
      latest.set(u.transaction, { transaction: u.transaction, time_s: u.time_s, rows: [u] });
      marks.push(latest.get(u.transaction));
    }
  }
  return marks.map(({ transaction, time_s, rows: all }) => {
    const places = [...new Set(all.map((u) => u.node))];
    const most = Math.max(...all.map((u) => u.confirmations));
    const where = places.length > 3 ? `${places[0]} and ${places.length - 1} more` : places.join(', ');
    return { time_s, text: `${transaction} undone at ${where}, ${most} confirmation${most === 1 ? '' : 's'}` };
  });
}

const undone = undoings(rows('undone'), end);
const marksHint = undone.length ? 'bands are faults, full lines payments undone' : 'bands are faults';

// Labels stand at the bottom, as those of bands stand at the top, above one another, and on the side of
// the line where there is room.
function undoneLine(colours, mark, i, count, bottom) {
  const left = mark.time_s > end / 2;
  return {
    name: mark.text, xAxis: mark.time_s, lineStyle: { color: colours.attack, type: 'solid', width: 1.5 },
    label: { show: count <= 6, formatter: mark.text, position: bottom, distance: 0, color: colours.attack, fontSize: 11, align: left ? 'right' : 'left', verticalAlign: 'bottom', offset: [left ? -5 : 5, -4 - 14 * (i % 3)] },
  };
}

// bottom: the end of a vertical line that is below.
function faultMarks(colours, bottom = 'start') {
  const areas = spells.filter((s) => s.to > s.from).slice(0, 200);
  const lines = spells.filter((s) => s.to === s.from).slice(0, 200);
  return {
    markArea: {
      silent: false, itemStyle: { color: 'rgba(200, 80, 60, 0.13)' },
      label: { show: areas.length <= 6, color: colours.soft, fontSize: 11, overflow: 'truncate', width: 180 },
      // Labels of bands that overlap stand below one another.
      data: areas.map((s, i) => [{ name: s.text, xAxis: seconds(s.from), label: { position: 'insideTopLeft', offset: [0, 14 * (i % 3)] } }, { xAxis: seconds(s.to) }]),
    },
    markLine: {
      symbol: 'none', label: { show: false }, lineStyle: { color: colours.bad, type: 'dotted' },
      data: [...lines.map((s) => ({ name: s.text, xAxis: seconds(s.from) })), ...undone.slice(0, 200).map((m, i, all) => undoneLine(colours, m, i, all.length, bottom))],
    },
  };
}

// --- the tree ---

// Lanes: the best chain on 0; a branch, from its fork to its last block, takes the lowest lane that is
// free for as long. Of several children the one with the longest branch goes on in the lane.
function lanes() {
  const stale = blocks.filter((b) => !b.active);
  const { last, next } = continuations(blocks);
  const lane = new Map(blocks.map((b) => [b.id, 0]));
  const busy = []; // by lane: when its last block was found
  for (const b of stale) {
    if (next.get(b.parent) === b.id) {
      lane.set(b.id, lane.get(b.parent));
      continue;
    }
    const from = blockById.has(b.parent) ? blockById.get(b.parent).found_ns : b.found_ns;
    let at = 1;
    while (busy[at] !== undefined && busy[at] >= from) at += 1;
    lane.set(b.id, at);
    busy[at] = blockById.get(last.get(b.id).id).found_ns;
  }
  return lane;
}

const lane = lanes();
const secrets = new Map(rows('withheld').map((w) => [w.block, w]));

// What became of a block that was withheld when it was found; null: it was not.
function secretText(b) {
  const secret = secrets.get(b.id);
  if (!secret) return null;
  if (secret.event === 'released') return `withheld ${duration(secret.time_ns - b.found_ns)}`;
  return secret.event === 'given-up' ? `withheld, and given up after ${duration(secret.time_ns - b.found_ns)}` : 'withheld, and never shown';
}

// Hollow: never shown. Outlined: shown later.
function secretStyle(b, colour, colours, small) {
  const secret = secrets.get(b.id);
  if (!secret) return {};
  const style = secret.event === 'released' ? { color: colour, borderColor: colours.ink } : { color: colours.card, borderColor: colour };
  return { itemStyle: { ...style, borderWidth: small ? 1 : 2 } };
}
let selected = null;

function select(id) {
  const b = blockById.get(id);
  if (!b) return;
  selected = id;
  const panel = document.getElementById('life');
  const arrivals = rows('arrivals').filter((a) => a.block === id);
  const children = blocks.filter((other) => other.parent === id);
  const kept = counts.arrivals <= raw.arrivals.rows.length || arrivals.length === b.reached;
  const list = el('div', {});
  panel.replaceChildren(
    el('h2', {}, `Block ${blockText(b)}`),
    el('p', {}, b.miner === null ? 'genesis, or made by no node' : `found by ${nodeName(b.miner)} at ${moment(b.found_ns)}`, ', ',
      secretText(b) && `${secretText(b)}, `, b.active ? 'on the best chain at the end' : 'stale at the end', `, ${whole(b.bytes)} bytes, ${whole(b.tx_count)} transactions`),
    el('p', {}, b.parent === null ? 'no parent' : `parent ${blockById.has(b.parent) ? blockText(blockById.get(b.parent)) : b.parent}`,
      children.length ? `; children ${children.map(blockText).join(', ')}` : '; no children'),
    el('p', {}, `reached ${whole(b.reached)} of ${whole(counts.nodes)} nodes; half after ${duration(b.p50_ns)}, nine tenths after ${duration(b.p90_ns)}, the last after ${duration(b.max_ns)}`),
    list,
  );
  if (!kept) list.append(el('p', { class: 'soft' }, 'Its arrivals are too many for this page: kettensim show TRACE.db --follow has them.'));
  table(list, 'life-table', [
    { name: 'node', of: (a) => nodeName(a.node) },
    { name: 'after', of: (a) => a.body_ns, text: (a) => duration(a.body_ns - b.found_ns), number: true },
    { name: 'from', of: (a) => (a.from_node === null ? 'its own' : nodeName(a.from_node)) },
  ], arrivals);
  chartOf('tree').setOption({ series: [{ id: 'chosen', data: [[seconds(b.found_ns), lane.get(id)]] }] });
}

function treeOption(colours) {
  const small = blocks.length > 2000;
  const point = (b, colour) => ({ value: [seconds(b.found_ns), lane.get(b.id)], id: b.id, ...secretStyle(b, colour, colours, small) });
  const edges = blocks.filter((b) => blockById.has(b.parent)).map((b) => ({
    coords: [[seconds(blockById.get(b.parent).found_ns), lane.get(b.parent)], [seconds(b.found_ns), lane.get(b.id)]],
    lineStyle: { color: b.active ? colours.soft : colours.bad, type: b.active ? 'solid' : 'dashed', width: 1.3 },
  }));
  const bars = blocks.filter((b) => secrets.has(b.id) && secrets.get(b.id).event === 'released').map((b) => ({
    coords: [[seconds(b.found_ns), lane.get(b.id)], [seconds(secrets.get(b.id).time_ns), lane.get(b.id)]],
  }));
  const miners = new Map();
  for (const b of blocks) miners.set(b.miner, [...(miners.get(b.miner) || []), b]);
  const busiest = [...miners].sort((a, b) => b[1].length - a[1].length);
  const groups = busiest.slice(0, 12).map(([miner, list]) => ({ name: miner === null ? 'no miner' : nodeName(miner), list }));
  if (busiest.length > 12) groups.push({ name: 'others', list: busiest.slice(12).flatMap(([, list]) => list) });
  const colourOf = (i) => (i === 12 || groups[i].list[0].miner === null ? colours.soft : nodeColour(groups[i].list[0].miner));
  return {
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: timeAxis({ min: 0, max: end }),
    yAxis: { type: 'value', minInterval: 1, min: -1, max: (value) => Math.max(2, value.max + 1), name: 'branch', nameLocation: 'start', inverse: true, splitLine: { show: false }, axisLabel: { formatter: (v) => (v < 0 ? '' : String(v)) } },
    tooltip: {
      formatter: (p) => {
        const b = p.data && blockById.get(p.data.id);
        if (!b) return p.name ? tip(p.name) : '';
        return tip(blockText(b), b.miner === null ? 'genesis' : `by ${nodeName(b.miner)} at ${moment(b.found_ns)}`, secretText(b), b.active ? 'on the best chain' : 'stale', 'click: its life');
      },
    },
    series: [
      { type: 'lines', coordinateSystem: 'cartesian2d', data: edges, silent: true, polyline: false, ...faultMarks(colours, 'end') },
      ...(bars.length ? [{ id: 'secrets', type: 'lines', coordinateSystem: 'cartesian2d', data: bars, silent: true, polyline: false, z: 1, lineStyle: { color: colours.attack, width: small ? 3 : 7, opacity: 0.3 } }] : []),
      ...groups.map((g, i) => ({ type: 'scatter', name: g.name, symbolSize: small ? 4 : 8, data: g.list.map((b) => point(b, colourOf(i))), itemStyle: { color: colourOf(i), borderColor: colours.card, borderWidth: 0.5 } })),
      { id: 'chosen', type: 'scatter', symbol: 'circle', symbolSize: 18, silent: true, z: 5, itemStyle: { color: 'transparent', borderColor: colours.ink, borderWidth: 2 }, data: selected === null ? [] : [[seconds(blockById.get(selected).found_ns), lane.get(selected)]] },
    ],
  };
}

function step(by) {
  const at = selected === null ? -1 : blocks.findIndex((b) => b.id === selected);
  select(blocks[Math.min(blocks.length - 1, Math.max(0, at + by))].id);
}

function drawTree(page) {
  const made = section(page, 'tree', 'Blocks and branches', `Each block when it was found; the best chain is branch 0, dashed lines lead to stale blocks, ${marksHint}. Click a block for its life.`);
  if (secrets.size) {
    made.append(el('p', { class: 'soft', id: 'secrets' }, el('span', { class: 'key' }), 'withheld and never shown',
      el('span', { class: 'key shown' }), 'withheld at first', el('span', { class: 'key bar' }), 'until it was shown'));
  }
  chart(made, 'tree', 'Tree of blocks over time', treeOption, (p) => { if (p.data && p.data.id !== undefined) select(p.data.id); });
  made.append(
    el('div', { class: 'row noprint' },
      el('button', { type: 'button', onclick: () => step(-1) }, '← block before'),
      el('button', { type: 'button', onclick: () => step(1) }, 'next block →'),
      el('button', { type: 'button', onclick: () => { const stale = blocks.find((b) => !b.active && b.id > (selected ?? -1)); if (stale) select(stale.id); } }, 'next stale block')),
    el('div', { id: 'life', 'aria-live': 'polite' }, el('p', { class: 'soft' }, 'No block chosen.')),
  );
}

// --- adversaries ---

const attackers = rows('attackers');
const MINERS_SHOWN = 6; // of each of both kinds

// Nodes with a strategy, then honest ones, each by hash power. Those without room share one pair of bars.
function miners() {
  const names = new Set(attackers.map((a) => a.node));
  const list = nodes.filter((n) => n.share_ppb > 0 || n.kept > 0).map((n) => ({
    name: n.name, strategy: n.strategy, attacks: n.strategy !== null || names.has(n.name), share: n.share_ppb, kept: n.kept,
  }));
  const some = (all, name) => {
    const rest = all.slice(MINERS_SHOWN);
    if (rest.length < 2) return all;
    const sum = (key) => rest.reduce((total, m) => total + m[key], 0);
    return [...all.slice(0, MINERS_SHOWN), { name: `${whole(rest.length)} ${name}`, strategy: null, attacks: rest[0].attacks, share: sum('share'), kept: sum('kept') }];
  };
  list.sort((a, b) => b.share - a.share || b.kept - a.kept);
  return [...some(list.filter((m) => m.attacks), 'more'), ...some(list.filter((m) => !m.attacks), 'others')];
}

function revenueOption(colours) {
  const list = miners();
  const power = (m) => m.share / 1e7;
  const revenue = (m) => (counts.kept ? (100 * m.kept) / counts.kept : 0);
  const bars = (name, colour, of, stack) => ({
    type: 'bar', name, stack, barMaxWidth: 34, barGap: '8%', barCategoryGap: '34%', itemStyle: { color: colour },
    label: { show: true, position: 'top', color: colours.soft, fontSize: 11, formatter: (p) => String(Number(p.value.toFixed(1))) }, data: list.map(of),
  });
  return {
    grid: { left: 64, right: 24, top: 34, bottom: 48 }, dataZoom: [],
    legend: { top: 0, textStyle: { color: colours.soft } },
    xAxis: { type: 'category', data: list.map((m) => (m.strategy ? `${m.name}\n${m.strategy}` : m.name)), axisLabel: { interval: 0, width: 96, lineHeight: 15, overflow: 'truncate' }, axisTick: { show: false } },
    yAxis: { type: 'value', name: '%', min: 0 },
    tooltip: { formatter: (p) => { const m = list[p.dataIndex]; return tip(m.strategy ? `${m.name}, ${m.strategy}` : m.name, `hash power ${power(m).toFixed(2)} %`, `revenue ${revenue(m).toFixed(2)} %`, power(m) ? `gain ${(revenue(m) / power(m)).toFixed(3)}` : null); } },
    series: [
      bars('hash power', '#8a94a3', power, 'power'),
      bars('revenue, with a strategy', colours.attack, (m) => (m.attacks ? revenue(m) : null), 'revenue'),
      bars('revenue, honest', PALETTE[0], (m) => (m.attacks ? null : revenue(m)), 'revenue'),
    ],
  };
}

function drawAdversaries(page) {
  if (attackers.length || nodes.some((n) => n.strategy !== null)) {
    const made = section(page, 'adversaries', 'Revenue and hash power', 'Revenue is the share of the blocks on the best chain at the end, without genesis.');
    chart(made, 'revenue', 'Revenue and hash power of miners', revenueOption);
    const number = (name, key) => ({ name, of: (a) => a[key], number: true });
    if (attackers.length) {
      table(made, 'attackers-table', [
        { name: 'node', of: (a) => a.node }, { name: 'strategy', of: (a) => a.strategy }, number('power %', 'power_percent'), number('found', 'found'),
        number('withheld', 'withheld'), number('released', 'released'), number('given up', 'given_up'), number('still held', 'still_held'),
        number('stale', 'stale'), number('revenue %', 'revenue_percent'), number('gain', 'gain'),
      ], attackers);
    }
  }
  if (undone.length) {
    table(section(page, 'undone', 'Payments undone', `${whole(counts.undone)} times a reorganisation left a payment without the confirmations that it had at a node.`), 'undone-table', [
      { name: 'at', of: (u) => u.time_s, text: (u) => moment(u.time_s * 1e9), number: true }, { name: 'payment', of: (u) => u.transaction },
      { name: 'node', of: (u) => u.node }, { name: 'confirmations', of: (u) => u.confirmations, number: true },
    ], rows('undone'));
  }
}

// --- heights, agreement, reorganisations ---

function heightsOption(colours) {
  const lines = new Map();
  for (const t of rows('tips')) {
    if (!lines.has(t.node)) lines.set(t.node, [[0, 0]]);
    lines.get(t.node).push([seconds(t.time_ns), t.height]);
  }
  const series = [...lines].sort((a, b) => a[0] - b[0]).map(([node, data], i) => ({
    type: 'line', name: nodeName(node), step: 'end', showSymbol: false, data: [...data, [end, data[data.length - 1][1]]],
    lineStyle: { width: 1.2, color: nodeColour(node) }, itemStyle: { color: nodeColour(node) }, sampling: 'lttb', ...(i === 0 ? faultMarks(colours) : {}),
  }));
  return {
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'value', name: 'height', scale: true },
    tooltip: { trigger: 'item', formatter: (p) => tip(p.seriesName && p.value ? `${p.seriesName}: height ${p.value[1]} from ${moment(p.value[0] * 1e9)}` : p.name) },
    series: series.length ? series : [{ type: 'line', data: [], ...faultMarks(colours) }],
  };
}

// The median of each group as a line, and the area from its lowest to its highest node.
function spreadOption(colours) {
  const groups = spreads();
  const steps = (g, of) => { const list = g.points.flatMap((p, i) => [...(i > 0 ? [[seconds(p[0]), ...of(g.points[i - 1])]] : []), [seconds(p[0]), ...of(p)]]); return [...list, [end, ...list[list.length - 1].slice(1)]]; };
  const series = groups.flatMap((g, i) => {
    const color = PALETTE[i % PALETTE.length];
    return [
      { type: 'line', name: g.name, showSymbol: false, data: steps(g, (p) => [p[2]]), lineStyle: { width: 1.6, color }, itemStyle: { color }, ...(i === 0 ? faultMarks(colours) : {}) },
      { ...bandSeries(g.name, steps(g, (p) => [p[1], p[3]])), itemStyle: { color } },
    ];
  });
  const at = (g, t) => g.points.reduce((last, p) => (seconds(p[0]) <= t ? p : last));
  return {
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft }, data: groups.map((g) => g.name) },
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'value', name: 'height', scale: true },
    tooltip: { trigger: 'axis', formatter: (list) => tip(moment(list[0].value[0] * 1e9), ...groups.map((g) => { const [, low, middle, high] = at(g, list[0].value[0]); return `${g.name}, ${whole(g.nodes)} nodes: ${low} to ${high}, median ${middle}`; })) },
    series,
  };
}

function agreementOption(colours) {
  const list = rows('agreement');
  return {
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'value', name: 'different tips', minInterval: 1, min: 0 },
    tooltip: { trigger: 'axis', formatter: (p) => tip(`from ${moment(p[0].value[0] * 1e9)}`, `${p[0].value[1]} tips`) },
    series: [{ type: 'line', step: 'end', showSymbol: false, areaStyle: { opacity: 0.25 }, data: [...list.map((a) => [seconds(a.time_ns), a.tips]), ...(list.length ? [[end, list[list.length - 1].tips]] : [])], ...faultMarks(colours) }],
  };
}

// Reorganisations of one depth that would lie on one another, with their number.
function reorgDots() {
  const dots = new Map();
  for (const r of rows('reorgs')) {
    const key = `${Math.round((400 * seconds(r.time_ns)) / end)} ${r.depth}`;
    if (dots.has(key)) dots.get(key).push(r); else dots.set(key, [r]);
  }
  return [...dots.values()];
}

function reorgsOption(colours) {
  const text = (list) => [`${nodeName(list[0].node)} at ${moment(list[0].time_ns)}`, `${list[0].depth} blocks taken out`, ...(list.length > 1 ? [`and ${whole(list.length - 1)} more near it`] : []), 'click: the new tip'];
  return {
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'value', name: 'blocks taken out', minInterval: 1, min: 0 },
    tooltip: { formatter: (p) => (p.data && p.data.list ? tip(...text(p.data.list)) : tip(p.name)) },
    series: [{
      type: 'scatter', symbolSize: (value, p) => 9 + 2 * Math.log2(p.data.list.length), itemStyle: { color: colours.bad, opacity: 0.7 }, ...faultMarks(colours),
      label: { show: true, position: 'right', color: colours.soft, formatter: (p) => (p.data.list.length > 1 ? `×${whole(p.data.list.length)}` : '') },
      data: reorgDots().map((list) => ({ value: [seconds(list[0].time_ns), list[0].depth], list, reorg: list[0] })),
    }],
  };
}

// --- propagation ---

function cdfOption() {
  return {
    xAxis: { type: 'log', name: 'ms since found', nameLocation: 'middle', nameGap: 26 },
    yAxis: { type: 'value', name: '% of arrivals', max: 100 },
    tooltip: { trigger: 'axis', formatter: (p) => tip(`${p[0].value[1].toFixed(1)} % within ${p[0].value[0].toFixed(1)} ms`) },
    series: [{ type: 'line', showSymbol: false, data: rows('propagation').filter((p) => p.delay_ns > 0).map((p) => [p.delay_ns / 1e6, p.percent]) }],
  };
}

function perBlockOption(colours) {
  const of = (key, name) => ({ type: 'scatter', name, symbolSize: 5, data: blocks.filter((b) => b.miner !== null && b[key] !== null).map((b) => ({ value: [seconds(b.found_ns), b[key] / 1e6], id: b.id })) });
  return {
    legend: { top: 0, textStyle: { color: colours.soft } },
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'log', name: 'ms', logBase: 10 },
    tooltip: { formatter: (p) => { const b = p.data && blockById.get(p.data.id); return b ? tip(blockText(b), `${p.seriesName}: ${p.value[1].toFixed(1)} ms`, `reached ${b.reached}`) : p.name ? tip(p.name) : ''; } },
    series: [of('p50_ns', 'half'), of('p90_ns', 'nine tenths'), of('max_ns', 'last')].map((s, i) => ({ ...s, data: s.data.filter((d) => d.value[1] > 0), ...(i === 0 ? faultMarks(colours) : {}) })),
  };
}

// --- transactions ---

function mempoolOption(colours) {
  const at = (slice) => ((slice + 1) * end) / 200;
  const list = rows('mempool');
  const data = [[0, 0], ...list.map((m) => [at(m.slice), m.held])];
  if (list.length) data.push([end, list[list.length - 1].held]);
  return {
    xAxis: timeAxis({ min: 0, max: end }), yAxis: { type: 'value', name: 'transactions', min: 0 },
    tooltip: { trigger: 'axis', formatter: (p) => tip(`at ${moment(p[0].value[0] * 1e9)}`, `${p[0].value[1].toFixed(2)} wait in a mempool`) },
    series: [{ type: 'line', step: 'end', showSymbol: false, areaStyle: { opacity: 0.25 }, data, ...faultMarks(colours) }],
  };
}

function confirmationsOption(colours) {
  const list = rows('confirmations');
  return {
    legend: { top: 0, textStyle: { color: colours.soft } },
    xAxis: { type: 'value', name: 's since first in a mempool', nameLocation: 'middle', nameGap: 26, min: 0 },
    yAxis: { type: 'value', name: '% of transactions', max: 100 },
    tooltip: { formatter: (p) => tip(p.seriesName, `${p.value[1].toFixed(1)} % within ${p.value[0].toFixed(1)} s`) },
    series: [1, 3, 6].map((k) => ({
      type: 'line', name: k === 1 ? '1 confirmation' : `${k} confirmations`, symbolSize: 3,
      data: list.filter((c) => c.k === k).map((c) => [c.wait_ns / 1e9, c.percent]),
    })).filter((s) => s.data.length),
  };
}

function drawTransactions(page) {
  if (rows('mempool').length) chart(section(page, 'mempool', 'Mempools', 'Transactions that wait in a mempool, mean over all nodes.'), 'mempool', 'Mempool size over time', mempoolOption);
  if (rows('confirmations').length) chart(section(page, 'confirmations', 'Confirmation times', 'From the first mempool that took a transaction in to the finding of its block, and of those on top; on the chain on which most nodes stand at the end.'), 'confirmations', 'Cumulative distribution of confirmation times', confirmationsOption);
}

// --- messages ---

function spaceTimeOption(colours) {
  const messages = rows('messages');
  const used = [...new Set(messages.flatMap((m) => [m.src, m.dst]))].sort((a, b) => a - b);
  const place = new Map(used.map((id, i) => [id, i]));
  const kinds = [...new Set(messages.map((m) => m.kind))];
  return {
    grid: { left: 100, right: 24, top: 34, bottom: 74 },
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: timeAxis({ min: seconds(counts.from_ns), max: Math.min(end, seconds(counts.to_ns)), ...(counts.to_ns - counts.from_ns < 60e9 ? { name: 'virtual time, s', axisLabel: { formatter: (v) => v.toFixed(2) } } : {}) }),
    yAxis: { type: 'category', data: used.map(nodeName), axisLabel: { width: 84, overflow: 'truncate' }, splitLine: { show: true, lineStyle: { color: colours.line } } },
    tooltip: { formatter: (p) => (p.data && p.data.message ? tip(`${p.data.message.kind}, ${whole(p.data.message.bytes)} bytes`, `${nodeName(p.data.message.src)} → ${nodeName(p.data.message.dst)}`, `sent ${moment(p.data.message.sent_ns)}, ${duration(p.data.message.due_ns - p.data.message.sent_ns)}`, p.data.message.fate) : '') },
    series: kinds.map((kind) => ({
      type: 'lines', coordinateSystem: 'cartesian2d', name: kind, itemStyle: { color: kindColour(kind) }, lineStyle: { color: kindColour(kind) }, symbol: ['none', 'arrow'], symbolSize: 4,
      data: messages.filter((m) => m.kind === kind).map((m) => ({
        coords: [[seconds(m.sent_ns), place.get(m.src)], [seconds(m.due_ns), place.get(m.dst)]], message: m,
        lineStyle: { width: 1, opacity: 0.65, type: m.fate === 'delivered' ? 'solid' : 'dashed' },
      })),
    })),
  };
}

function trafficOption(colours) {
  const kinds = kindList;
  const slice = end / 100 || 1;
  return {
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: { type: 'category', name: timeAxis({ max: end }).name, nameLocation: 'middle', nameGap: 26, data: Array.from({ length: 100 }, (_, i) => clock(i * slice)) },
    yAxis: { type: 'value', name: `kB in ${duration(slice * 1e9)}` },
    tooltip: { formatter: (p) => tip(`from ${p.name}`, `${p.seriesName}: ${Number(p.value).toFixed(1)} kB`) },
    series: kinds.map((kind) => {
      const data = new Array(100).fill(0);
      for (const f of flow) if (f.kind === kind) data[Math.min(99, f.slice)] += f.bytes / 1000;
      return { type: 'bar', name: kind, stack: 'all', data, barCategoryGap: '10%', itemStyle: { color: kindColour(kind) } };
    }),
  };
}

// --- all ---

function figure(name, value) {
  return el('div', { class: 'figure' }, el('b', { 'data-figure': name }, value), el('span', { class: 'soft' }, name));
}

function drawVerdicts(page) {
  const checks = rows('checks');
  const made = section(page, 'verdicts', 'Verdict', null,
    el('p', {}, el('span', { class: run.status === 'held' ? 'held' : 'failed', id: 'status' }, run.status || 'unfinished'), ` · seed ${run.seed} · ${moment(run.end_ns)} of virtual time`),
    el('div', { class: 'figures' }, figure('nodes', whole(counts.nodes)), figure('blocks', whole(counts.blocks - 1)), figure('stale', whole(counts.stale)),
      figure('height', whole(counts.height)), figure('reorgs', whole(counts.reorgs)), figure('deepest reorg', whole(counts.deepest)),
      ...(counts.txs ? [figure('transactions', whole(counts.txs)), figure('confirmed', whole(counts.confirmed))] : []),
      figure('messages', run.level === 'full' ? whole(counts.messages) : 'not traced'), figure('events', whole(run.events))));
  if (checks.length) {
    table(made, 'checks', [
      { name: 'line', of: (c) => c.line, number: true },
      { name: 'check', of: (c) => c.text },
      { name: 'verdict', of: (c) => c.verdict, class: (c) => (c.verdict === 'held' ? 'held' : c.verdict === 'failed' ? 'failed' : '') },
      { name: 'at', of: (c) => c.time_ns, text: (c) => (c.time_ns === null ? '–' : moment(c.time_ns)), number: true },
      { name: 'detail', of: (c) => c.detail || '' },
    ], checks);
  }
  if (rows('measures').length) table(made, 'measures', [{ name: 'measure', of: (m) => m.name }, { name: 'value', of: (m) => m.text, number: true }], rows('measures'));
  made.append(el('details', {}, el('summary', {}, 'Scenario, parameters and digests'),
    el('p', {}, `parameters ${run.params}`), el('p', {}, `digest ${run.digest}`), el('p', {}, `outcome ${run.outcome}`), el('pre', {}, run.source)));
}

export function drawRun(page) {
  drawVerdicts(page);
  const player = drawPlayer(page, select);
  drawTree(page);
  drawAdversaries(page);
  const grouped = counts.nodes >= SPREAD_FROM;
  chart(section(page, 'heights', 'Heights of nodes', grouped ? `The median of each group of nodes (by region, and by side of the longest cut), and the area from the lowest to the highest; ${marksHint}.` : `Every node; ${marksHint}.`), 'heights', grouped ? 'Heights of groups over time' : 'Heights over time', grouped ? spreadOption : heightsOption);
  chart(section(page, 'agreement', 'Agreement', 'On how many different tips the nodes stood.'), 'agreement', 'Number of tips over time', agreementOption);
  chart(section(page, 'reorgs', 'Reorganisations', `${whole(counts.reorgs)} times a tip left a branch.`), 'reorgs', 'Reorganisations over time, by depth', reorgsOption, (p) => { if (p.data && p.data.reorg) select(p.data.reorg.block); });
  chart(section(page, 'cdf', 'Propagation: all blocks', counts.arrivals < 1000000 ? 'Share of arrivals at other nodes than the finder within a time.' : `Share of arrivals at other nodes than the finder within a time; of every ${Math.floor(counts.arrivals / 500000)}th arrival.`), 'cdf', 'Cumulative distribution of propagation', cdfOption);
  chart(section(page, 'per-block', 'Propagation: each block', 'Until half and nine tenths of all nodes had it, and until the last that had it.'), 'per-block', 'Propagation of each block', perBlockOption, (p) => { if (p.data && p.data.id !== undefined) select(p.data.id); });
  drawTransactions(page);
  if (run.level === 'full') {
    const all = raw.messages.rows.length < 4000 ? 'All messages' : 'The first 4000 messages';
    chart(section(page, 'space-time', 'Messages', `${all} sent from ${moment(counts.from_ns)} to ${moment(counts.to_ns)} (kettensim report --from --to chooses); dashed ones never came.`), 'space-time', 'Space-time diagram of messages', spaceTimeOption);
    const made = section(page, 'traffic', 'Traffic by type', `${whole(counts.bytes)} bytes sent in all.`);
    chart(made, 'traffic', 'Bytes sent over time, by type', trafficOption);
    table(made, 'traffic-table', [
      { name: 'type', of: (t) => t.kind }, { name: 'fate', of: (t) => t.fate },
      { name: 'messages', of: (t) => t.messages, text: (t) => whole(t.messages), number: true }, { name: 'bytes', of: (t) => t.bytes, text: (t) => whole(t.bytes), number: true },
    ], traffic);
  } else {
    section(page, 'traffic', 'Messages', 'This trace has no messages: run with --trace full.');
  }
  const made = section(page, 'nodes', 'Nodes', counts.nodes > nodes.length ? `The first ${nodes.length} of ${whole(counts.nodes)}.` : null);
  table(made, 'nodes-table', [
    { name: 'node', of: (n) => n.name }, { name: 'role', of: (n) => n.role },
    ...(nodes.some((n) => n.strategy !== null) ? [{ name: 'strategy', of: (n) => n.strategy }] : []),
    { name: 'power %', of: (n) => n.share_ppb, text: (n) => (n.share_ppb / 1e7).toFixed(2), number: true },
    { name: 'height', of: (n) => n.height, number: true }, { name: 'mined', of: (n) => n.mined, number: true }, { name: 'stale', of: (n) => n.mined - n.kept, number: true },
    { name: 'reorgs', of: (n) => n.reorgs, number: true }, { name: 'deepest', of: (n) => n.max_reorg, number: true }, { name: 'links', of: (n) => n.links, number: true },
  ], nodes, 'Filter nodes');
  return { title: run.title || run.scenario, subtitle: `${run.scenario} · trace ${run.level} · kettensim ${run.version}`, select, player };
}
