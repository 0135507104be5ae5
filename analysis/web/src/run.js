// The page of a run.
import { rows } from './data.js';
import { counts, nodes, run } from './facts.js';
import { drawAdversaries } from './adversaries.js';
import { el, section } from './dom.js';
import { drawHeights } from './heights.js';
import { drawMessages, messageCount } from './messages.js';
import { drawPlayer } from './player.js';
import { drawPropagation } from './propagation.js';
import { table } from './table.js';
import { drawTransactions } from './transactions.js';
import { drawTree, select } from './tree.js';
import { moment, whole } from './units.js';

function figure(name, value) {
  return el('div', { class: 'figure' }, el('b', { 'data-figure': name }, value), el('span', { class: 'soft' }, name));
}

function drawVerdicts(page) {
  const checks = rows('checks');
  const made = section(page, 'verdicts', 'Verdict', null,
    el('p', {}, el('span', { class: run.status === 'held' ? 'held' : 'failed', id: 'status' }, run.status || 'unfinished'), ` · seed ${run.seed} · ${moment(run.end_ns)} of virtual time`),
    el('div', { class: 'figures' }, figure('nodes', whole(counts.nodes)), figure('blocks', whole(counts.blocks - 1)), figure('stale', whole(counts.stale)),
      figure('height', whole(counts.height)), figure('reorgs', whole(counts.reorgs)), figure('deepest reorg', whole(counts.deepest)),
      ...(counts.txs ? [figure('transactions', whole(counts.txs)), figure('confirmed', whole(counts.confirmed))] : []),
      figure('messages', run.level === 'full' ? whole(messageCount) : 'not traced'), figure('events', whole(run.events))));
  if (checks.length) {
    table(made, 'checks', [
      { name: 'line', of: (c) => c.line, number: true },
      { name: 'check', of: (c) => c.text },
      { name: 'verdict', of: (c) => c.verdict, class: (c) => (c.verdict === 'held' ? 'held' : c.verdict === 'failed' ? 'failed' : '') },
      { name: 'at', of: (c) => c.time_ns, text: (c) => (c.time_ns === null ? '–' : moment(c.time_ns)), number: true },
      { name: 'detail', of: (c) => c.detail || '' },
    ], checks);
  }
  if (rows('measures').length) table(made, 'measures', [{ name: 'measure', of: (m) => m.name }, { name: 'value', of: (m) => m.text, number: true }], rows('measures'));
  made.append(el('details', {}, el('summary', {}, 'Scenario, parameters and digests'),
    el('p', {}, `parameters ${run.params}`), el('p', {}, `digest ${run.digest}`), el('p', {}, `outcome ${run.outcome}`), el('pre', {}, run.source)));
}

function drawNodes(page) {
  const made = section(page, 'nodes', 'Nodes', counts.nodes > nodes.length ? `The first ${nodes.length} of ${whole(counts.nodes)}.` : null);
  table(made, 'nodes-table', [
    { name: 'node', of: (n) => n.name }, { name: 'role', of: (n) => n.role },
    ...(nodes.some((n) => n.strategy !== null) ? [{ name: 'strategy', of: (n) => n.strategy }] : []),
    { name: 'power %', of: (n) => n.share_ppb, text: (n) => (n.share_ppb / 1e7).toFixed(2), number: true },
    { name: 'height', of: (n) => n.height, number: true }, { name: 'mined', of: (n) => n.mined, number: true }, { name: 'stale', of: (n) => n.mined - n.kept, number: true },
    { name: 'reorgs', of: (n) => n.reorgs, number: true }, { name: 'deepest', of: (n) => n.max_reorg, number: true }, { name: 'links', of: (n) => n.links, number: true },
  ], nodes, 'Filter nodes');
}

export function drawRun(page) {
  drawVerdicts(page);
  const player = drawPlayer(page, select);
  drawTree(page);
  drawAdversaries(page);
  drawHeights(page);
  drawPropagation(page);
  drawTransactions(page);
  drawMessages(page);
  drawNodes(page);
  return { title: run.title || run.scenario, subtitle: `${run.scenario} · trace ${run.level} · kettensim ${run.version}`, select, player };
}
