// Miners with a strategy: revenue and hash power, and the payments that they undid.
import { rows } from './data.js';
import { counts, nodes } from './facts.js';
import { chart } from './chart.js';
import { section } from './dom.js';
import { undone } from './marks.js';
import { PALETTE, tip } from './series.js';
import { table } from './table.js';
import { moment, whole } from './units.js';

const attackers = rows('attackers');
const MINERS_SHOWN = 6; // with a strategy, and as many honest ones

// Lists miners with a strategy, then honest ones, each by hash power. Those without room share one pair of bars.
function miners() {
  const names = new Set(attackers.map((a) => a.node));
  const list = nodes.filter((n) => n.share_ppb > 0 || n.kept > 0).map((n) => ({
    name: n.name, strategy: n.strategy, attacks: n.strategy !== null || names.has(n.name), share: n.share_ppb, kept: n.kept,
  }));
  const some = (all, name) => {
    const rest = all.slice(MINERS_SHOWN);
    if (rest.length < 2) return all;
    const sum = (key) => rest.reduce((total, m) => total + m[key], 0);
    return [...all.slice(0, MINERS_SHOWN), { name: `${whole(rest.length)} ${name}`, strategy: null, attacks: rest[0].attacks, share: sum('share'), kept: sum('kept') }];
  };
  list.sort((a, b) => b.share - a.share || b.kept - a.kept);
  return [...some(list.filter((m) => m.attacks), 'more'), ...some(list.filter((m) => !m.attacks), 'others')];
}

function revenueOption(colours) {
  const list = miners();
  const power = (m) => m.share / 1e7;
  const revenue = (m) => (counts.kept ? (100 * m.kept) / counts.kept : 0);
  const bars = (name, colour, of, stack) => ({
    type: 'bar', name, stack, barMaxWidth: 34, barGap: '8%', barCategoryGap: '34%', itemStyle: { color: colour },
    label: { show: true, position: 'top', color: colours.soft, fontSize: 11, formatter: (p) => String(Number(p.value.toFixed(1))) }, data: list.map(of),
  });
  return {
    grid: { left: 64, right: 24, top: 34, bottom: 48 }, dataZoom: [],
    legend: { top: 0, textStyle: { color: colours.soft } },
    xAxis: { type: 'category', data: list.map((m) => (m.strategy ? `${m.name}\n${m.strategy}` : m.name)), axisLabel: { interval: 0, width: 96, lineHeight: 15, overflow: 'truncate' }, axisTick: { show: false } },
    yAxis: { type: 'value', name: '%', min: 0 },
    tooltip: { formatter: (p) => { const m = list[p.dataIndex]; return tip(m.strategy ? `${m.name}, ${m.strategy}` : m.name, `hash power ${power(m).toFixed(2)} %`, `revenue ${revenue(m).toFixed(2)} %`, power(m) ? `gain ${(revenue(m) / power(m)).toFixed(3)}` : null); } },
    series: [
      bars('hash power', '#8a94a3', power, 'power'),
      bars('revenue, with a strategy', colours.attack, (m) => (m.attacks ? revenue(m) : null), 'revenue'),
      bars('revenue, honest', PALETTE[0], (m) => (m.attacks ? null : revenue(m)), 'revenue'),
    ],
  };
}

export function drawAdversaries(page) {
  if (attackers.length || nodes.some((n) => n.strategy !== null)) {
    const made = section(page, 'adversaries', 'Revenue and hash power', 'Revenue is the share of the blocks on the best chain at the end, without genesis.');
    chart(made, 'revenue', 'Revenue and hash power of miners', revenueOption);
    const number = (name, key) => ({ name, of: (a) => a[key], number: true });
    if (attackers.length) {
      table(made, 'attackers-table', [
        { name: 'node', of: (a) => a.node }, { name: 'strategy', of: (a) => a.strategy }, number('power %', 'power_percent'), number('found', 'found'),
        number('withheld', 'withheld'), number('released', 'released'), number('given up', 'given_up'), number('still held', 'still_held'),
        number('stale', 'stale'), number('revenue %', 'revenue_percent'), number('gain', 'gain'),
      ], attackers);
    }
  }
  if (undone.length) {
    table(section(page, 'undone', 'Payments undone', `${whole(counts.undone)} times a reorganisation left a payment without the confirmations that it had at a node.`), 'undone-table', [
      { name: 'at', of: (u) => u.time_s, text: (u) => moment(u.time_s * 1e9), number: true }, { name: 'payment', of: (u) => u.transaction },
      { name: 'node', of: (u) => u.node }, { name: 'confirmations', of: (u) => u.confirmations, number: true },
    ], rows('undone'));
  }
}
