// Heights of nodes, agreement and reorganisations over time.
import { rows, groupBy } from './data.js';
import { counts, end, nodeColour, nodeName } from './facts.js';
import { chart } from './chart.js';
import { section } from './dom.js';
import { faultMarks, marksHint } from './marks.js';
import { bandSeries, PALETTE, tip, timeAxis } from './series.js';
import { SPREAD_FROM, spreads } from './spread.js';
import { select } from './tree.js';
import { moment, seconds, whole } from './units.js';

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

// Draws the median of each group as a line, and the area from its lowest to its highest node.
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

// Lists reorganisations by dot: those of one depth that would cover one another share a dot.
function reorgDots() {
  return [...groupBy(rows('reorgs'), (r) => `${Math.round((400 * seconds(r.time_ns)) / end)} ${r.depth}`).values()];
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

export function drawHeights(page) {
  const grouped = counts.nodes >= SPREAD_FROM;
  chart(section(page, 'heights', 'Heights of nodes', grouped ? `The median of each group of nodes (by region, and by side of the longest cut), and the area from the lowest to the highest; ${marksHint}.` : `Every node; ${marksHint}.`), 'heights', grouped ? 'Heights of groups over time' : 'Heights over time', grouped ? spreadOption : heightsOption);
  chart(section(page, 'agreement', 'Agreement', 'On how many different tips the nodes stood.'), 'agreement', 'Number of tips over time', agreementOption);
  chart(section(page, 'reorgs', 'Reorganisations', `${whole(counts.reorgs)} times a tip left a branch.`), 'reorgs', 'Reorganisations over time, by depth', reorgsOption, (p) => { if (p.data && p.data.reorg) select(p.data.reorg.block); });
}
