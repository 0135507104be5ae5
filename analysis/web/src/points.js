// What all parts of the page of a sweep read: its params, measures and points, and how their values are told.
import { rows } from './data.js';
import { asGiven } from './units.js';

export const sweep = rows('sweep')[0];
export const params = rows('params');
export const swept = params.filter((p) => p.swept);
export const paramById = new Map(params.map((p) => [p.id, p]));
export const measures = rows('measures');
const measureById = new Map(measures.map((m) => [m.id, m]));
export const measureOf = (id) => measureById.get(id) || { name: String(id), unit: '' };
export const points = new Map(rows('points').map((p) => [p.id, p]));

export const valueOf = (point, param) => points.get(point)[param.column_name];
export const textOf = (point, param) => asGiven(valueOf(point, param), param.unit);

export function valuesOf(param) {
  const all = [...new Set([...points.values()].map((p) => p[param.column_name]))];
  return all.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
}

// Returns a value for a chart: times in seconds, the rest as it is.
export const scaled = (value, unit) => (typeof value === 'number' && unit === 'ns' ? value / 1e9 : value);
export const axisName = (name, unit) => (unit === 'ns' ? `${name}, s` : unit ? `${name}, ${unit}` : name);

// Returns a value as the command line reads it.
function asWord(value, unit) {
  if (typeof value !== 'number' || !unit) return String(value);
  if (unit === 'ns') return asGiven(value, unit);
  return unit === '/s' ? `${value}/s` : `${value}${unit}`;
}

// Returns the command that repeats a run of this point.
export function command(point, seed) {
  const words = swept.map((p) => `-P ${p.name}=${asWord(valueOf(point, p), p.unit)}`);
  return ['kettensim run', sweep.scenario, ...words, `--seed ${seed}`].join(' ');
}
