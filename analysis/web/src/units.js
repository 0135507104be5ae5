// Values as people read them: lengths of time, moments, numbers with units.

export const seconds = (ns) => (ns === null || ns === undefined ? null : ns / 1e9);

// A length of time for people: 1h2m3s, 12.30 s, 85.2 ms. What rounds to 1000 has the next unit.
export function duration(ns) {
  if (ns === null || ns === undefined) return 'never';
  if (ns === 0) return '0';
  if (ns < 0) return `-${duration(-ns)}`;
  if (ns < 999.95e3) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 999.95e6) return `${(ns / 1e6).toFixed(1)} ms`;
  if (ns < 120e9) return `${(ns / 1e9).toFixed(2)} s`;
  return moment(ns);
}

// A moment of virtual time: 20m0.60s, 1h2m3s. Rounded before it is divided, so that no part is 60.
export function moment(ns) {
  const hundredths = Math.round(ns / 1e7);
  const all = ns < 3600e9 ? hundredths : Math.round(ns / 1e9) * 100;
  const hours = Math.floor(all / 360000);
  const minutes = Math.floor(all / 6000) % 60;
  const rest = (all % 6000) / 100;
  return (hours ? `${hours}h` : '') + (hours || minutes ? `${minutes}m` : '') + `${hours ? rest : rest.toFixed(2)}s`;
}

const two = (n) => String(n).padStart(2, '0');

// Whole seconds as a clock shows them: 1:02:03, 20:30.
function colons(all) {
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(all % 60)}`;
}

// Seconds on an axis; below a minute with decimals.
export const clock = (time) => (time < 59.995 ? String(Number(time.toPrecision(4))) : colons(Math.round(time)));

// A moment to the millisecond, rounded down: 20:00.600, 1:02:03.000.
export function stamp(ns) {
  const ms = Math.floor(ns / 1e6);
  return `${colons(Math.floor(ms / 1000))}.${String(ms % 1000).padStart(3, '0')}`;
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

// A value of a param as a scenario has it, exactly: 1m30s, 46.416ms.
export function asGiven(value, unit) {
  if (typeof value !== 'number' || unit !== 'ns') return inUnit(value, unit);
  if (value < 0) return `-${asGiven(-value, unit)}`;
  if (value < 1e9) return value >= 1e6 ? `${value / 1e6}ms` : value >= 1e3 ? `${value / 1e3}us` : `${value}ns`;
  let rest = value;
  let word = '';
  for (const [name, length] of [['d', 86400e9], ['h', 3600e9], ['m', 60e9]]) {
    if (rest >= length) word += `${Math.floor(rest / length)}${name}`;
    rest %= length;
  }
  return rest ? `${word}${rest / 1e9}s` : word;
}
