// The page of a sweep: each measure over the swept parameters.
import { rows, inUnit, asGiven, whole } from './data.js';
import { bandSeries, barSeries, el, section, chart, redraw, redrawAll, table, tip, numberAxis, isDark } from './ui.js';

const sweep = rows('sweep')[0];
const params = rows('params');
const measures = rows('measures');
const points = new Map(rows('points').map((p) => [p.id, p]));
const statistics = rows('statistics');
const swept = params.filter((p) => p.swept);
const valueOf = (point, param) => points.get(point)[param.column_name];

function valuesOf(param) {
  const all = [...new Set([...points.values()].map((p) => p[param.column_name]))];
  return all.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
}

// A value as a command line takes it.
function asWord(value, unit) {
  if (typeof value !== 'number' || !unit) return String(value);
  if (unit === 'ns') return asGiven(value, unit);
  return unit === '/s' ? `${value}/s` : `${value}${unit}`;
}

function command(point, seed) {
  const words = params.filter((p) => p.swept || points.get(point)[p.column_name] !== null)
    .filter((p) => p.swept).map((p) => `-P ${p.name}=${asWord(valueOf(point, p), p.unit)}`);
  return ['kettensim run', sweep.scenario, ...words, `--seed ${seed}`].join(' ');
}

// Values in the chart: times as seconds, the rest as they are.
const scaled = (value, unit) => (typeof value === 'number' && unit === 'ns' ? value / 1e9 : value);
const axisName = (name, unit) => (unit === 'ns' ? `${name}, s` : unit ? `${name}, ${unit}` : name);

// How the charts show the 95 % intervals of means, by the reader's choice.
const INTERVALS = { bands: bandSeries, bars: barSeries, none: null };
let intervals = 'bands';

// The series of a line's intervals, [x, low, high] each; none where there are too few for a band.
function intervalSeries(name, list) {
  const make = INTERVALS[intervals];
  return make && list.length > (make === bandSeries ? 1 : 0) ? [make(name, list)] : [];
}

// Points of a measure where the other swept parameters have the chosen values.
function chosenRows(measure, x, series, fixed) {
  return statistics.filter((s) => s.measure === measure.id && points.has(s.point) && swept.every((p) => p === x || p === series || valueOf(s.point, p) === fixed.get(p)));
}

// The axis of values; a band does not draw it below 0 where no value is.
function valueAxis(series, name) {
  const values = series.filter((s) => s.type === 'line').flatMap((s) => s.data.map((d) => d.value[1]));
  return { type: 'value', scale: true, name, ...(values.every((v) => v === null || v >= 0) ? { min: (range) => Math.max(0, range.min) } : {}) };
}

function lineOption(measure, x, series, fixed) {
  return (colours) => {
    const list = chosenRows(measure, x, series, fixed);
    const groups = series ? valuesOf(series) : [null];
    const xs = valuesOf(x);
    const numeric = xs.every((v) => typeof v === 'number');
    const at = (v) => (numeric ? scaled(v, x.unit) : xs.indexOf(v));
    const out = [];
    for (const group of groups) {
      const own = list.filter((s) => !series || valueOf(s.point, series) === group).sort((a, b) => at(valueOf(a.point, x)) - at(valueOf(b.point, x)));
      const name = series ? `${series.name} = ${asGiven(group, series.unit)}` : measure.name;
      const values = (key) => own.map((s) => ({ value: [at(valueOf(s.point, x)), scaled(s[key], measure.unit)], row: s }));
      const band = own.filter((s) => s.ci_low !== null && s.ci_high !== null);
      out.push({ type: 'line', name, data: values('mean'), symbolSize: 6 });
      out.push(...intervalSeries(name, band.map((s) => [at(valueOf(s.point, x)), scaled(s.ci_low, measure.unit), scaled(s.ci_high, measure.unit)])));
    }
    return {
      legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
      xAxis: numeric ? numberAxis(xs.map((v) => scaled(v, x.unit)), { name: axisName(x.name, x.unit) })
        : { type: 'category', data: xs.map(String), name: x.name, nameLocation: 'middle', nameGap: 26 },
      yAxis: valueAxis(out, axisName(measure.name, measure.unit)),
      tooltip: { formatter: (p) => (p.data && p.data.row ? tip(p.seriesName, `${x.name} = ${asGiven(valueOf(p.data.row.point, x), x.unit)}`, `mean ${inUnit(p.data.row.mean, measure.unit)}, 95 % ${inUnit(p.data.row.ci_low, measure.unit)} to ${inUnit(p.data.row.ci_high, measure.unit)}`, `n = ${p.data.row.n}`) : '') },
      series: out,
    };
  };
}

// name: of the values, with their unit. cells: { point, value, lines }
function heatMap(colours, x, y, name, cells) {
  const xs = valuesOf(x);
  const ys = valuesOf(y);
  const data = cells.map((c) => ({ value: [xs.indexOf(valueOf(c.point, x)), ys.indexOf(valueOf(c.point, y)), c.value], cell: c }));
  const means = data.map((d) => d.value[2]);
  const low = means.length ? Math.min(...means) : 0;
  const high = means.length ? Math.max(...means) : 0;
  return {
    grid: { left: 110, right: 110, top: 34, bottom: 54 }, dataZoom: [],
    xAxis: { type: 'category', data: xs.map((v) => asGiven(v, x.unit)), name: x.name, nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', data: ys.map((v) => asGiven(v, y.unit)), name: y.name },
    // A gradient needs two ends.
    visualMap: { min: low, max: high > low ? high : low + 1, calculable: true, text: [name, ''], precision: 12, formatter: (v) => String(Number(v.toPrecision(3))), right: 0, top: 'middle', textStyle: { color: colours.soft }, inRange: { color: isDark() ? ['#1d2a3d', '#23528f', '#4f94e0', '#b7d7f7'] : ['#e8f1fb', '#86b6ea', '#2a78d6', '#123c73'] } },
    tooltip: { formatter: (p) => tip(`${x.name} = ${asGiven(valueOf(p.data.cell.point, x), x.unit)}, ${y.name} = ${asGiven(valueOf(p.data.cell.point, y), y.unit)}`, ...p.data.cell.lines, command(p.data.cell.point, sweep.first_seed)) },
    series: [{ type: 'heatmap', data, label: { show: data.length <= 60, formatter: (p) => Number(p.value[2].toPrecision(3)).toString() } }],
  };
}

function heatOption(measure, x, y, fixed) {
  return (colours) => heatMap(colours, x, y, axisName(measure.name, measure.unit), chosenRows(measure, x, y, fixed).filter((s) => s.mean !== null)
    .map((s) => ({ point: s.point, value: scaled(s.mean, measure.unit), lines: [`mean ${inUnit(s.mean, measure.unit)}, n = ${s.n}`] })));
}

// --- the tables that the scenario asks for ---

const paramById = new Map(params.map((p) => [p.id, p]));
const tableParams = rows('table_params');
const tableValues = rows('table_values');
const unitOf = (stat, measure) => (stat === 'n' || stat === 'nulls' ? '' : measure.unit);

const ASIDE = ['n', 'nulls', 'sd', 'se', 'ci'];

function tableLines(list, measure, x) {
  return (colours) => {
    const xs = valuesOf(x);
    const numeric = xs.every((v) => typeof v === 'number');
    const at = (v) => (numeric ? scaled(valueOf(v.point, x), x.unit) : xs.indexOf(valueOf(v.point, x)));
    const out = [];
    // How wide a mean is, and of how many runs it is, is no line beside it.
    const stats = [...new Set(list.map((v) => v.stat))];
    for (const stat of stats.includes('mean') ? stats.filter((s) => !ASIDE.includes(s)) : stats) {
      const own = list.filter((v) => v.stat === stat && v.value !== null).sort((a, b) => at(a) - at(b));
      const band = own.filter((v) => v.ci_low !== null && v.ci_high !== null);
      out.push({ type: 'line', name: stat, symbolSize: 6, data: own.map((v) => ({ value: [at(v), scaled(v.value, unitOf(stat, measure))], row: v })) });
      out.push(...intervalSeries(stat, band.map((v) => [at(v), scaled(v.ci_low, measure.unit), scaled(v.ci_high, measure.unit)])));
    }
    return {
      legend: { type: 'scroll', top: 0, textStyle: { color: colours.soft } },
      xAxis: numeric ? numberAxis(xs.map((v) => scaled(v, x.unit)), { name: axisName(x.name, x.unit) })
        : { type: 'category', data: xs.map(String), name: x.name, nameLocation: 'middle', nameGap: 26 },
      yAxis: valueAxis(out, axisName(measure.name, measure.unit)),
      tooltip: { formatter: (p) => (p.data && p.data.row ? tip(`${x.name} = ${asGiven(valueOf(p.data.row.point, x), x.unit)}`, `${p.seriesName} ${inUnit(p.data.row.value, unitOf(p.seriesName, measure))}`, p.data.row.ci_low === null ? null : `95 % ${inUnit(p.data.row.ci_low, measure.unit)} to ${inUnit(p.data.row.ci_high, measure.unit)}`, `n = ${p.data.row.n}`) : '') },
      series: out,
    };
  };
}

function tableHeat(list, measure, x, y, state) {
  return (colours) => {
    const own = list.filter((v) => v.stat === state.stat && v.value !== null && [...state.fixed].every(([p, value]) => valueOf(v.point, p) === value));
    const unit = unitOf(state.stat, measure);
    return heatMap(colours, x, y, axisName(state.stat, unit), own.map((v) => ({ point: v.point, value: scaled(v.value, unit), lines: [`${state.stat} ${inUnit(v.value, unit)}, n = ${v.n}`] })));
  };
}

function drawTable(page, asked) {
  const axes = tableParams.filter((p) => p.result === asked.id).map((p) => paramById.get(p.param)).filter(Boolean);
  const mine = tableValues.filter((v) => v.result === asked.id && points.has(v.point));
  const made = section(page, `table-${asked.id}`, asked.title, `A table of the scenario, with 95 % intervals of means over seeds.${axes.length < swept.length ? ' Other swept parameters are taken together.' : ''}`);
  for (const measure of measures) {
    const list = mine.filter((v) => v.measure === measure.id);
    const id = `table-${asked.id}-${measure.id}`;
    if (!list.some((v) => v.value !== null)) continue;
    if (axes.length === 1) chart(made, id, `${measure.name} by ${axes[0].name}`, tableLines(list, measure, axes[0]));
    if (axes.length < 2) continue;
    const stats = [...new Set(list.map((v) => v.stat))];
    const rest = axes.slice(2);
    const state = { stat: stats.includes('mean') ? 'mean' : stats[0], fixed: new Map(rest.map((p) => [p, valuesOf(p)[0]])) };
    const choose = (name, options, text, on) => el('label', {}, `${name} `, el('select', { onchange: (event) => { on(options[event.target.selectedIndex]); redraw(id); } },
      ...options.map((o) => el('option', o === state.stat ? { selected: '' } : {}, text(o)))));
    made.append(el('div', { class: 'row' }, el('b', {}, measure.name),
      stats.length > 1 ? choose('', stats, String, (stat) => { state.stat = stat; }) : stats[0],
      ...rest.map((p) => choose(p.name, valuesOf(p), (v) => asGiven(v, p.unit), (v) => state.fixed.set(p, v)))));
    chart(made, id, `${measure.name} by ${axes[0].name} and ${axes[1].name}`, tableHeat(list, measure, axes[0], axes[1], state));
  }
  table(made, `table-${asked.id}-rows`, [
    ...axes.map((p) => ({ name: p.name, of: (v) => valueOf(v.point, p), text: (v) => asGiven(valueOf(v.point, p), p.unit), number: true })),
    { name: 'measure', of: (v) => (measures.find((m) => m.id === v.measure) || {}).name || String(v.measure) },
    { name: 'statistic', of: (v) => v.stat },
    { name: 'value', of: (v) => v.value, text: (v) => inUnit(v.value, unitOf(v.stat, measures.find((m) => m.id === v.measure) || {})), number: true },
    { name: 'n', of: (v) => v.n, number: true },
  ], mine);
}

function drawMeasure(page, measure) {
  const made = section(page, `measure-${measure.id}`, measure.name, 'Means over seeds, with their 95 % intervals.');
  const state = { x: swept[0], y: swept[1] || null, fixed: new Map(swept.map((p) => [p, valuesOf(p)[0]])) };
  const line = `line-${measure.id}`;
  const heat = `heat-${measure.id}`;
  // Selectors: both axes, and the value of each param that is neither; not on paper, but their text is.
  const controls = el('div', { class: 'row noprint', id: `controls-${measure.id}` });
  const shown = el('p', { class: 'soft paper', id: `fixed-${measure.id}` });
  const again = () => { control(); redraw(line); if (state.y) redraw(heat); };
  const choose = (name, options, value, text, on) => el('label', {}, `${name} `, el('select', { 'aria-label': name, onchange: (event) => { on(options[event.target.selectedIndex]); again(); } },
    ...options.map((o) => el('option', o === value ? { selected: '' } : {}, text(o)))));
  const control = () => {
    const rest = swept.filter((p) => p !== state.x && p !== state.y);
    const nameOf = (p) => p.name;
    controls.replaceChildren(
      choose('across', swept, state.x, nameOf, (p) => { if (state.y === p) state.y = state.x; state.x = p; }),
      choose('lines', swept, state.y, nameOf, (p) => { if (state.x === p) state.x = state.y; state.y = p; }),
      ...rest.map((p) => choose(p.name, valuesOf(p), state.fixed.get(p), (v) => asGiven(v, p.unit), (v) => state.fixed.set(p, v))),
    );
    shown.textContent = rest.map((p) => `${p.name} = ${asGiven(state.fixed.get(p), p.unit)}`).join(', ');
  };
  if (swept.length > 1) {
    control();
    made.append(controls, shown);
  }
  chart(made, line, `${measure.name}, lines`, (colours) => lineOption(measure, state.x, state.y, state.fixed)(colours));
  if (state.y) chart(made, heat, `${measure.name}, heat map`, (colours) => heatOption(measure, state.x, state.y, state.fixed)(colours));
}

export function drawSweep(page) {
  const outcomes = rows('outcomes');
  const total = outcomes.reduce((sum, o) => sum + o.runs, 0);
  const verdicts = rows('over_checks');
  const held = outcomes.filter((o) => o.status === 'held').reduce((sum, o) => sum + o.runs, 0);
  const made = section(page, 'verdicts', 'Runs', null,
    el('p', {}, el('span', { class: held === total && !verdicts.some((v) => v.verdict === 'failed') ? 'held' : 'failed', id: 'status' }, `${whole(held)} of ${whole(total)} runs held`), ` · ${whole(sweep.points)} points · seeds ${sweep.first_seed} to ${sweep.last_seed} · shard ${sweep.shard} of ${sweep.shards}`));
  if (verdicts.length) {
    table(made, 'over-checks', [
      { name: 'verdict', of: (v) => v.verdict, class: (v) => (v.verdict === 'held' ? 'held' : 'failed') },
      { name: 'check', of: (v) => `line ${v.line}  ${v.text}` }, { name: 'why', of: (v) => v.detail || '' },
    ], verdicts);
  }
  if (rows('failures').length) {
    table(made, 'failures', [
      { name: 'status', of: (f) => f.status, class: () => 'failed' }, { name: 'why', of: (f) => f.detail || '' },
      { name: 'again', screen: true, of: (f) => f.point, text: (f) => command(f.point, f.seed) },
    ], rows('failures'), 'Filter failures');
  }
  if (swept.length) {
    made.append(el('div', { class: 'row noprint' }, el('label', {}, 'intervals of means as ', el('select', { id: 'intervals', onchange: (event) => { intervals = Object.keys(INTERVALS)[event.target.selectedIndex]; redrawAll(); } },
      ...Object.keys(INTERVALS).map((name) => el('option', {}, name))))));
  }
  for (const asked of rows('tables')) drawTable(page, asked);
  if (swept.length) for (const measure of measures) if (statistics.some((s) => s.measure === measure.id && s.mean !== null)) drawMeasure(page, measure);
  const all = section(page, 'points', 'All points', null);
  table(all, 'points-table', [
    ...swept.map((p) => ({ name: p.name, of: (s) => valueOf(s.point, p), text: (s) => asGiven(valueOf(s.point, p), p.unit), number: true })),
    { name: 'measure', of: (s) => (measures.find((m) => m.id === s.measure) || {}).name || String(s.measure) },
    ...['n', 'mean', 'ci_low', 'ci_high', 'p5', 'p50', 'p95', 'max'].map((key) => ({ name: key, of: (s) => s[key], text: (s) => (key === 'n' ? s.n : inUnit(s[key], (measures.find((m) => m.id === s.measure) || {}).unit)), number: true })),
    { name: 'again', screen: true, of: (s) => s.point, text: (s) => command(s.point, sweep.first_seed) },
  ], statistics.filter((s) => points.has(s.point)), 'Filter points');
  return { title: sweep.title || sweep.scenario, subtitle: `${sweep.scenario} · sweep · kettensim ${sweep.version}` };
}
