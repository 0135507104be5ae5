// The data of the page: tables as { columns, rows }, read into arrays of objects.
import { LIMITS } from './limits.js';

export const raw = JSON.parse(document.getElementById('data').textContent);

export function rows(key) {
  const table = raw[key];
  if (!table) return []; // an older file lacks the table
  return table.rows.map((row) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]])));
}

// A full table may lack rows of the run.
export const isFull = (key) => raw[key].rows.length === LIMITS[key];

// Returns a map from keys to lists, in the order of the list.
export function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) {
    const key = keyOf(one);
    if (groups.has(key)) groups.get(key).push(one); else groups.set(key, [one]);
  }
  return groups;
}
