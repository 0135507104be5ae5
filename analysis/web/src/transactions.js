// Mempools and confirmation times.
import { rows } from './data.js';
import { end } from './facts.js';
import { chart } from './chart.js';
import { section } from './dom.js';
import { faultMarks } from './marks.js';
import { tip, timeAxis } from './series.js';
import { moment } from './units.js';

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

export function drawTransactions(page) {
  if (rows('mempool').length) chart(section(page, 'mempool', 'Mempools', 'Transactions that wait in a mempool, mean over all nodes.'), 'mempool', 'Mempool size over time', mempoolOption);
  if (rows('confirmations').length) chart(section(page, 'confirmations', 'Confirmation times', 'From the first mempool that took a transaction in to the finding of its block, and of those on top; on the chain on which most nodes stand at the end.'), 'confirmations', 'Cumulative distribution of confirmation times', confirmationsOption);
}
