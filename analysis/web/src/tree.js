// The tree of blocks over time, and the life of the block that the reader chooses.
import { raw, rows, groupBy } from './data.js';
import { blockById, blocks, blockText, counts, end, nodeColour, nodeName, withheld } from './facts.js';
import { continuations } from './branches.js';
import { chart, chartOf } from './chart.js';
import { el, section } from './dom.js';
import { faultMarks, marksHint } from './marks.js';
import { tip, timeAxis } from './series.js';
import { table } from './table.js';
import { duration, moment, seconds, whole } from './units.js';

// Returns the lane of each block. The best chain has lane 0. A branch takes the lowest lane that is free from its
// fork to its last block. Of several children the one with the longest branch stays in the lane.
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

// Says what became of a block that was withheld when it was found; null if it was not.
function secretText(b) {
  const secret = withheld.get(b.id);
  if (!secret) return null;
  if (secret.event === 'released') return `withheld ${duration(secret.time_ns - b.found_ns)}`;
  return secret.event === 'given-up' ? `withheld, and given up after ${duration(secret.time_ns - b.found_ns)}` : 'withheld, and never shown';
}

// Draws a block hollow if it was never shown, and with an outline if it was shown later.
function secretStyle(b, colour, colours, small) {
  const secret = withheld.get(b.id);
  if (!secret) return {};
  const style = secret.event === 'released' ? { color: colour, borderColor: colours.ink } : { color: colours.card, borderColor: colour };
  return { itemStyle: { ...style, borderWidth: small ? 1 : 2 } };
}

let selected = null; // the id of the block whose life is shown

export function select(id) {
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
  const bars = blocks.filter((b) => withheld.has(b.id) && withheld.get(b.id).event === 'released').map((b) => ({
    coords: [[seconds(b.found_ns), lane.get(b.id)], [seconds(withheld.get(b.id).time_ns), lane.get(b.id)]],
  }));
  const busiest = [...groupBy(blocks, (b) => b.miner)].sort((a, b) => b[1].length - a[1].length);
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

export function drawTree(page) {
  const made = section(page, 'tree', 'Blocks and branches', `Each block when it was found; the best chain is branch 0, dashed lines lead to stale blocks, ${marksHint}. Click a block for its life.`);
  if (withheld.size) {
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
