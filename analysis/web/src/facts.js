// What several parts of the page of a run read: the run, its nodes, blocks, faults and withheld blocks.
import { rows } from './data.js';
import { PALETTE } from './series.js';

export const run = rows('run')[0];
export const end = run.end_ns / 1e9; // in seconds
export const counts = rows('counts')[0];
export const nodes = rows('nodes');
export const blocks = rows('blocks');
export const blockById = new Map(blocks.map((b) => [b.id, b]));
export const nodeName = (id) => (id === null ? '–' : nodes[id] ? nodes[id].name : `#${id}`);
export const blockText = (b) => `${b.height} ${b.hash.slice(0, 8)}${b.name ? ` (${b.name})` : ''}`;
export const nodeColour = (id) => PALETTE[id % PALETTE.length]; // the same in all charts
export const withheld = new Map(rows('withheld').map((w) => [w.block, w])); // by block: the last that was heard of it
export const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

// The params of the run by name. A damaged file has none.
function paramsOf(text) {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    return new Map();
  }
}

const params = paramsOf(run.params);

// A text of the scenario with the value of each param in place of its $name. A name that is no param
// stays: the trace has no values of lets.
const withValues = (text) => text.replace(/\$([A-Za-z_]\w*)/g, (word, name) => (params.has(name) ? String(params.get(name)) : word));

export const faults = rows('faults').map((f) => ({ ...f, text: withValues(f.text) }));
