// The page of a sweep: verdicts, the tables of the scenario, and each measure over the swept params.
import { rows } from './data.js';
import { drawAsked } from './asked.js';
import { chart, redraw } from './chart.js';
import { heatMap, intervalChoice, lineChart } from './curves.js';
import { el, section } from './dom.js';
import { command, measureOf, measures, points, sweep, swept, textOf, valueOf, valuesOf } from './points.js';
import { table } from './table.js';
import { asGiven, inUnit, whole } from './units.js';

const statistics = rows('statistics').filter((s) => points.has(s.point));

// --- a measure ---

const cellOf = (s, measure) => ({
  point: s.point, value: s.mean, low: s.ci_low, high: s.ci_high,
  told: [`mean ${inUnit(s.mean, measure.unit)}${s.ci_low === null ? '' : `, 95 % ${inUnit(s.ci_low, measure.unit)} to ${inUnit(s.ci_high, measure.unit)}`}`, `n = ${s.n}`],
});

// Returns the cells of a measure at the points where params that are no axis have the chosen values.
const cellsOf = (measure, { x, y, fixed }) => statistics
  .filter((s) => s.measure === measure.id && swept.every((p) => p === x || p === y || valueOf(s.point, p) === fixed.get(p))).map((s) => cellOf(s, measure));

function linesOf(measure, state) {
  const cells = cellsOf(measure, state);
  if (!state.y) return [{ name: measure.name, unit: measure.unit, cells }];
  return valuesOf(state.y).map((v) => ({ name: `${state.y.name} = ${asGiven(v, state.y.unit)}`, unit: measure.unit, cells: cells.filter((c) => valueOf(c.point, state.y) === v) }));
}

function choice(name, options, value, text, on) {
  return el('label', {}, `${name} `, el('select', { 'aria-label': name, onchange: (event) => on(options[event.target.selectedIndex]) },
    ...options.map((o) => el('option', o === value ? { selected: '' } : {}, text(o)))));
}

// Returns the choices of both axes and of the value of each param that is neither, and their text for paper.
function axisChoices(measure, state, again) {
  const controls = el('div', { class: 'row noprint', id: `controls-${measure.id}` });
  const told = el('p', { class: 'soft paper', id: `fixed-${measure.id}` });
  const nameOf = (p) => p.name;
  const fill = () => {
    const rest = swept.filter((p) => p !== state.x && p !== state.y);
    const then = (change) => (chosen) => { change(chosen); fill(); again(); };
    controls.replaceChildren(
      choice('across', swept, state.x, nameOf, then((p) => { if (state.y === p) state.y = state.x; state.x = p; })),
      choice('lines', swept, state.y, nameOf, then((p) => { if (state.x === p) state.x = state.y; state.y = p; })),
      ...rest.map((p) => choice(p.name, valuesOf(p), state.fixed.get(p), (v) => asGiven(v, p.unit), then((v) => state.fixed.set(p, v)))),
    );
    told.textContent = rest.map((p) => `${p.name} = ${asGiven(state.fixed.get(p), p.unit)}`).join(', ');
  };
  fill();
  return [controls, told];
}

function drawMeasure(page, measure) {
  const made = section(page, `measure-${measure.id}`, measure.name, 'Means over seeds, with their 95 % intervals.');
  const state = { x: swept[0], y: swept[1] || null, fixed: new Map(swept.map((p) => [p, valuesOf(p)[0]])) };
  const [line, heat] = [`line-${measure.id}`, `heat-${measure.id}`];
  if (state.y) made.append(...axisChoices(measure, state, () => { redraw(line); redraw(heat); }));
  chart(made, line, `${measure.name}, lines`, (colours) => lineChart(colours, state.x, measure, linesOf(measure, state)));
  if (state.y) chart(made, heat, `${measure.name}, heat map`, (colours) => heatMap(colours, state.x, state.y, measure.name, measure.unit, cellsOf(measure, state).filter((c) => c.value !== null)));
}

// --- all ---

function drawVerdicts(page) {
  const outcomes = rows('outcomes');
  const verdicts = rows('over_checks');
  const failures = rows('failures');
  const runs = (list) => list.reduce((sum, o) => sum + o.runs, 0);
  const [total, held] = [runs(outcomes), runs(outcomes.filter((o) => o.status === 'held'))];
  const good = held === total && !verdicts.some((v) => v.verdict === 'failed');
  const made = section(page, 'verdicts', 'Runs', null,
    el('p', {}, el('span', { class: good ? 'held' : 'failed', id: 'status' }, `${whole(held)} of ${whole(total)} runs held`), ` · ${whole(sweep.points)} points · seeds ${sweep.first_seed} to ${sweep.last_seed} · shard ${sweep.shard} of ${sweep.shards}`));
  if (verdicts.length) {
    table(made, 'over-checks', [
      { name: 'verdict', of: (v) => v.verdict, class: (v) => (v.verdict === 'held' ? 'held' : 'failed') },
      { name: 'check', of: (v) => `line ${v.line}  ${v.text}` }, { name: 'why', of: (v) => v.detail || '' },
    ], verdicts);
  }
  if (failures.length) {
    table(made, 'failures', [
      { name: 'status', of: (f) => f.status, class: () => 'failed' }, { name: 'why', of: (f) => f.detail || '' },
      { name: 'again', screen: true, of: (f) => f.point, text: (f) => command(f.point, f.seed) },
    ], failures, 'Filter failures');
  }
  if (swept.length) made.append(el('div', { class: 'row noprint' }, intervalChoice()));
}

function drawPoints(page) {
  const number = (key, text) => ({ name: key, of: (s) => s[key], text, number: true });
  table(section(page, 'points', 'All points', null), 'points-table', [
    ...swept.map((p) => ({ name: p.name, of: (s) => valueOf(s.point, p), text: (s) => textOf(s.point, p), number: true })),
    { name: 'measure', of: (s) => measureOf(s.measure).name },
    number('n'), ...['mean', 'ci_low', 'ci_high', 'p5', 'p50', 'p95', 'max'].map((key) => number(key, (s) => inUnit(s[key], measureOf(s.measure).unit))),
    { name: 'again', screen: true, of: (s) => s.point, text: (s) => command(s.point, sweep.first_seed) },
  ], statistics, 'Filter points');
}

export function drawSweep(page) {
  drawVerdicts(page);
  for (const asked of rows('tables')) drawAsked(page, asked);
  for (const measure of measures) if (swept.length && statistics.some((s) => s.measure === measure.id && s.mean !== null)) drawMeasure(page, measure);
  drawPoints(page);
  return { title: sweep.title || sweep.scenario, subtitle: `${sweep.scenario} · sweep · kettensim ${sweep.version}` };
}
