// The charts of a sweep: lines over one param with the intervals of means, and maps over two.
import { choiceOf, keepChoice } from './address.js';
import { isDark, redrawAll } from './chart.js';
import { el } from './dom.js';
import { axisName, command, scaled, sweep, textOf, valueOf, valuesOf } from './points.js';
import { bandSeries, barSeries, numberAxis, tip } from './series.js';
import { asGiven } from './units.js';

// --- how the charts show the 95 % intervals of means, by the reader's choice ---

const INTERVALS = { bands: bandSeries, bars: barSeries, none: null };
const chosenIntervals = () => (Object.hasOwn(INTERVALS, choiceOf('intervals') || '') ? choiceOf('intervals') : 'bands');

export function intervalChoice() {
  const list = el('select', { id: 'intervals', onchange: () => { keepChoice('intervals', list.value); redrawAll(); } }, ...Object.keys(INTERVALS).map((name) => el('option', {}, name)));
  list.value = chosenIntervals();
  window.addEventListener('hashchange', () => { list.value = chosenIntervals(); redrawAll(); });
  return el('label', {}, 'intervals of means as ', list);
}

// Returns the series of a line's intervals, [x, low, high] each, or none if they are too few for a band.
function intervalSeries(name, list) {
  const make = INTERVALS[chosenIntervals()];
  return make && list.length > (make === bandSeries ? 1 : 0) ? [make(name, list)] : [];
}

// --- lines ---

// The axis of values. An interval of a mean may reach below 0 where no value is; the axis does not.
function valueAxis(series, name) {
  const values = series.filter((s) => s.type === 'line').flatMap((s) => s.data.map((d) => d.value[1]));
  return { type: 'value', scale: true, name, ...(values.every((v) => v === null || v >= 0) ? { min: (range) => (range.min < 0 ? 0 : null) } : {}) };
}

// Draws { name, unit, cells } each as a line. A cell is { point, value, low, high, told: lines of its tooltip }.
export function lineChart(colours, x, measure, lines) {
  const xs = valuesOf(x);
  const numeric = xs.every((v) => typeof v === 'number');
  const at = (cell) => (numeric ? scaled(valueOf(cell.point, x), x.unit) : xs.indexOf(valueOf(cell.point, x)));
  const series = lines.flatMap(({ name, unit, cells }) => {
    const own = [...cells].sort((a, b) => at(a) - at(b));
    const spans = own.filter((c) => c.low !== null && c.high !== null).map((c) => [at(c), scaled(c.low, unit), scaled(c.high, unit)]);
    return [{ type: 'line', name, symbolSize: 6, data: own.map((c) => ({ value: [at(c), scaled(c.value, unit)], cell: c })) }, ...intervalSeries(name, spans)];
  });
  return {
    legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
    xAxis: numeric ? numberAxis(xs.map((v) => scaled(v, x.unit)), { name: axisName(x.name, x.unit) })
      : { type: 'category', data: xs.map(String), name: x.name, nameLocation: 'middle', nameGap: 26 },
    yAxis: valueAxis(series, axisName(measure.name, measure.unit)),
    tooltip: { formatter: (p) => (p.data && p.data.cell ? tip(p.seriesName, `${x.name} = ${textOf(p.data.cell.point, x)}`, ...p.data.cell.told) : '') },
    series,
  };
}

// --- maps ---

const SHADES = { light: ['#e8f1fb', '#86b6ea', '#2a78d6', '#123c73'], dark: ['#1d2a3d', '#23528f', '#4f94e0', '#b7d7f7'] };

// Draws the cells, { point, value, told } each, over two params. name and unit are those of the values.
export function heatMap(colours, x, y, name, unit, cells) {
  const [xs, ys] = [valuesOf(x), valuesOf(y)];
  const data = cells.map((c) => ({ value: [xs.indexOf(valueOf(c.point, x)), ys.indexOf(valueOf(c.point, y)), scaled(c.value, unit)], cell: c }));
  const values = data.map((d) => d.value[2]);
  const low = values.length ? Math.min(...values) : 0;
  const high = values.length ? Math.max(...values) : 0;
  return {
    grid: { left: 110, right: 110, top: 34, bottom: 54 }, dataZoom: [],
    xAxis: { type: 'category', data: xs.map((v) => asGiven(v, x.unit)), name: x.name, nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', data: ys.map((v) => asGiven(v, y.unit)), name: y.name },
    visualMap: {
      min: low, max: high > low ? high : low + 1, // a gradient needs two ends
      calculable: true, text: [axisName(name, unit), ''], precision: 12, formatter: (v) => String(Number(v.toPrecision(3))), right: 0, top: 'middle',
      textStyle: { color: colours.soft }, inRange: { color: SHADES[isDark() ? 'dark' : 'light'] },
    },
    tooltip: { formatter: ({ data: { cell } }) => tip(`${x.name} = ${textOf(cell.point, x)}, ${y.name} = ${textOf(cell.point, y)}`, ...cell.told, command(cell.point, sweep.first_seed)) },
    series: [{ type: 'heatmap', data, label: { show: data.length <= 60, formatter: (p) => Number(p.value[2].toPrecision(3)).toString() } }],
  };
}
