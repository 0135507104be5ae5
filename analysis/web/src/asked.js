// The tables that the scenario asks for: each as charts and as rows, in the order of its statement.
import { rows } from './data.js';
import { chart, redraw } from './chart.js';
import { heatMap, lineChart } from './curves.js';
import { el, section } from './dom.js';
import { measureOf, measures, paramById, points, swept, textOf, valueOf, valuesOf } from './points.js';
import { table } from './table.js';
import { asGiven, inUnit } from './units.js';

const axesOf = (asked) => rows('table_params').filter((p) => p.result === asked.id).map((p) => paramById.get(p.param)).filter(Boolean);
const unitOf = (stat, measure) => (stat === 'n' || stat === 'nulls' ? '' : measure.unit);

// Returns the values of a table by line, then in the order of its title: "deepest, agree by latency stat=mean,p95".
function valuesInOrder(asked) {
  const [, names, stats] = /^(.*?)(?: by .*?)? stat=(.*)$/.exec(asked.title) || [null, '', ''];
  const [measureOrder, statOrder] = [names.split(', '), stats.split(',')];
  const place = (v) => [v.line, measureOrder.indexOf(measureOf(v.measure).name), statOrder.indexOf(v.stat)];
  const before = (a, b) => a.map((k, i) => k - b[i]).find((d) => d !== 0) || 0;
  return rows('table_values').filter((v) => v.result === asked.id && points.has(v.point)).sort((a, b) => before(place(a), place(b)));
}

// Statistics that say how wide a mean is, or of how many runs it is. They get no line beside it.
const ASIDE = ['n', 'nulls', 'sd', 'se', 'ci'];

const toldOf = (v, measure) => [`${v.stat} ${inUnit(v.value, unitOf(v.stat, measure))}`, v.ci_low === null ? null : `95 % ${inUnit(v.ci_low, measure.unit)} to ${inUnit(v.ci_high, measure.unit)}`, `n = ${v.n}`];
const cellOf = (v, measure) => ({ point: v.point, value: v.value, low: v.ci_low, high: v.ci_high, told: toldOf(v, measure) });

function linesOf(list, measure) {
  const stats = [...new Set(list.map((v) => v.stat))];
  const drawn = stats.includes('mean') ? stats.filter((s) => !ASIDE.includes(s)) : stats;
  return drawn.map((stat) => ({ name: stat, unit: unitOf(stat, measure), cells: list.filter((v) => v.stat === stat && v.value !== null).map((v) => cellOf(v, measure)) }));
}

function choice(name, options, text, on) {
  return el('label', {}, `${name} `, el('select', { onchange: (event) => on(options[event.target.selectedIndex]) }, ...options.map((o) => el('option', {}, text(o)))));
}

// Draws a map over the first two params. The reader chooses the statistic and the values of further params.
function drawMap(made, id, measure, list, [x, y, ...rest]) {
  const stats = [...new Set(list.map((v) => v.stat))].sort((a, b) => (b === 'mean') - (a === 'mean'));
  const state = { stat: stats[0], fixed: new Map(rest.map((p) => [p, valuesOf(p)[0]])) };
  const shown = (v) => v.stat === state.stat && v.value !== null && rest.every((p) => valueOf(v.point, p) === state.fixed.get(p));
  made.append(el('div', { class: 'row' }, el('b', {}, measure.name),
    stats.length > 1 ? choice('', stats, String, (stat) => { state.stat = stat; redraw(id); }) : stats[0],
    ...rest.map((p) => choice(p.name, valuesOf(p), (v) => asGiven(v, p.unit), (v) => { state.fixed.set(p, v); redraw(id); }))));
  chart(made, id, `${measure.name} by ${x.name} and ${y.name}`,
    (colours) => heatMap(colours, x, y, state.stat, unitOf(state.stat, measure), list.filter(shown).map((v) => cellOf(v, measure))));
}

export function drawAsked(page, asked) {
  const axes = axesOf(asked);
  const mine = valuesInOrder(asked);
  const made = section(page, `table-${asked.id}`, asked.title, `A table of the scenario, with 95 % intervals of means over seeds.${axes.length < swept.length ? ' Other swept parameters are taken together.' : ''}`);
  for (const measure of new Set(mine.map((v) => measures.find((m) => m.id === v.measure)))) {
    const list = mine.filter((v) => measure && v.measure === measure.id);
    if (!axes.length || !list.some((v) => v.value !== null)) continue;
    const id = `table-${asked.id}-${measure.id}`;
    if (axes.length === 1) chart(made, id, `${measure.name} by ${axes[0].name}`, (colours) => lineChart(colours, axes[0], measure, linesOf(list, measure)));
    else drawMap(made, id, measure, list, axes);
  }
  table(made, `table-${asked.id}-rows`, [
    ...axes.map((p) => ({ name: p.name, of: (v) => valueOf(v.point, p), text: (v) => textOf(v.point, p), number: true })),
    { name: 'measure', of: (v) => measureOf(v.measure).name },
    { name: 'statistic', of: (v) => v.stat },
    { name: 'value', of: (v) => v.value, text: (v) => inUnit(v.value, unitOf(v.stat, measureOf(v.measure))), number: true },
    { name: 'n', of: (v) => v.n, number: true },
  ], mine);
}
