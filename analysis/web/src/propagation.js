// How blocks spread over the network.
import { rows } from './data.js';
import { blockById, blocks, blockText, counts, end } from './facts.js';
import { chart } from './chart.js';
import { section } from './dom.js';
import { faultMarks } from './marks.js';
import { tip, timeAxis } from './series.js';
import { select } from './tree.js';
import { seconds } from './units.js';

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

export function drawPropagation(page) {
  chart(section(page, 'cdf', 'Propagation: all blocks', counts.arrivals < 1000000 ? 'Share of arrivals at other nodes than the finder within a time.' : `Share of arrivals at other nodes than the finder within a time; of every ${Math.floor(counts.arrivals / 500000)}th arrival.`), 'cdf', 'Cumulative distribution of propagation', cdfOption);
  chart(section(page, 'per-block', 'Propagation: each block', 'Until half and nine tenths of all nodes had it, and until the last that had it.'), 'per-block', 'Propagation of each block', perBlockOption, (p) => { if (p.data && p.data.id !== undefined) select(p.data.id); });
}
