// What all parts of the page of a run read: the run, its nodes and its blocks.
import { rows } from './data.js';

export const run = rows('run')[0];
export const counts = rows('counts')[0];
export const nodes = rows('nodes');
export const blocks = rows('blocks');
export const blockById = new Map(blocks.map((b) => [b.id, b]));
export const nodeName = (id) => (id === null ? '–' : nodes[id] ? nodes[id].name : `#${id}`);
export const blockText = (b) => `${b.height} ${b.hash.slice(0, 8)}${b.name ? ` (${b.name})` : ''}`;
