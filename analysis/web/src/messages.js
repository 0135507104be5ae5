// Messages between nodes, and the bytes of each type.
import { rows, groupBy, isFull } from './data.js';
import { counts, end, nodeName, run } from './facts.js';
import { chart } from './chart.js';
import { section } from './dom.js';
import { LIMITS } from './limits.js';
import { PALETTE, tip, timeAxis } from './series.js';
import { table } from './table.js';
import { clock, duration, moment, seconds, whole } from './units.js';

const flow = rows('flow'); // messages and bytes by slice of the run, kind and fate
const sum = (list, key) => list.reduce((total, one) => total + one[key], 0);
export const messageCount = sum(flow, 'messages');
const traffic = [...groupBy(flow, (f) => `${f.kind} ${f.fate}`).values()]
  .map((list) => ({ kind: list[0].kind, fate: list[0].fate, messages: sum(list, 'messages'), bytes: sum(list, 'bytes') }))
  .sort((a, b) => b.bytes - a.bytes);
const kinds = [...new Set(flow.map((f) => f.kind))].sort();
const kindColour = (kind) => PALETTE[Math.max(0, kinds.indexOf(kind)) % PALETTE.length]; // in both charts

function spaceTimeOption(colours) {
  const messages = rows('messages');
  const used = [...new Set(messages.flatMap((m) => [m.src, m.dst]))].sort((a, b) => a - b);
  const place = new Map(used.map((id, i) => [id, i]));
  return {
    grid: { left: 100, right: 24, top: 34, bottom: 74 },
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: timeAxis({ min: seconds(counts.from_ns), max: Math.min(end, seconds(counts.to_ns)), ...(counts.to_ns - counts.from_ns < 60e9 ? { name: 'virtual time, s', axisLabel: { formatter: (v) => v.toFixed(2) } } : {}) }),
    yAxis: { type: 'category', data: used.map(nodeName), axisLabel: { width: 84, overflow: 'truncate' }, splitLine: { show: true, lineStyle: { color: colours.line } } },
    tooltip: { formatter: (p) => (p.data && p.data.message ? tip(`${p.data.message.kind}, ${whole(p.data.message.bytes)} bytes`, `${nodeName(p.data.message.src)} → ${nodeName(p.data.message.dst)}`, `sent ${moment(p.data.message.sent_ns)}, ${duration(p.data.message.due_ns - p.data.message.sent_ns)}`, p.data.message.fate) : '') },
    series: [...groupBy(messages, (m) => m.kind)].map(([kind, list]) => ({
      type: 'lines', coordinateSystem: 'cartesian2d', name: kind, itemStyle: { color: kindColour(kind) }, lineStyle: { color: kindColour(kind) }, symbol: ['none', 'arrow'], symbolSize: 4,
      data: list.map((m) => ({
        coords: [[seconds(m.sent_ns), place.get(m.src)], [seconds(m.due_ns), place.get(m.dst)]], message: m,
        lineStyle: { width: 1, opacity: 0.65, type: m.fate === 'delivered' ? 'solid' : 'dashed' },
      })),
    })),
  };
}

function trafficOption(colours) {
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

export function drawMessages(page) {
  if (run.level === 'full') {
    const all = isFull('messages') ? `The first ${whole(LIMITS.messages)} messages` : 'All messages';
    chart(section(page, 'space-time', 'Messages', `${all} sent from ${moment(counts.from_ns)} to ${moment(counts.to_ns)} (kettensim report --from --to chooses); dashed ones never came.`), 'space-time', 'Space-time diagram of messages', spaceTimeOption);
    const made = section(page, 'traffic', 'Traffic by type', `${whole(sum(flow, 'bytes'))} bytes sent in all.`);
    chart(made, 'traffic', 'Bytes sent over time, by type', trafficOption);
    table(made, 'traffic-table', [
      { name: 'type', of: (t) => t.kind }, { name: 'fate', of: (t) => t.fate },
      { name: 'messages', of: (t) => t.messages, text: (t) => whole(t.messages), number: true }, { name: 'bytes', of: (t) => t.bytes, text: (t) => whole(t.bytes), number: true },
    ], traffic);
  } else {
    section(page, 'traffic', 'Messages', 'This trace has no messages: run with --trace full.');
  }
}
