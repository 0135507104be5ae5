// The data of the page: tables as { columns, rows }, read into arrays of objects.

export const raw = JSON.parse(document.getElementById('data').textContent);

export function rows(key) {
  const table = raw[key];
  if (!table) return []; // of a file that is older than this
  return table.rows.map((row) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]])));
}

export const seconds = (ns) => (ns === null || ns === undefined ? null : ns / 1e9);

// A length of time for people: 1h02m, 12.3 s, 85.2 ms.
export function duration(ns) {
  if (ns === null || ns === undefined) return 'never';
  if (ns === 0) return '0';
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(1)} ms`;
  if (ns < 120e9) return `${(ns / 1e9).toFixed(2)} s`;
  return moment(ns);
}

// A moment of virtual time: 20m00.6s.
export function moment(ns) {
  const all = ns / 1e9;
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const rest = (all % 60).toFixed(all < 3600 ? 2 : 0);
  return (hours ? `${hours}h` : '') + (hours || minutes ? `${minutes}m` : '') + `${rest}s`;
}

export const whole = (value) => (value === null || value === undefined ? '–' : Number(value).toLocaleString('en'));

// A value in the unit of its column, for people.
export function inUnit(value, unit) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  if (unit === 'ns') return duration(value);
  const text = Number.isInteger(value) ? whole(value) : Number(value.toPrecision(5)).toString();
  return unit ? `${text} ${unit}` : text;
}
