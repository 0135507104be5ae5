// Marks on axes of time: faults as bands, payments undone as lines.
import { rows } from './data.js';
import { end, faults, plural, run } from './facts.js';
import { seconds } from './units.js';

// A fault lasts from the row that began it to its end, or to the end of the run. Others are moments.
export const spells = faults.map((f) => ({ text: f.text, from: f.time_ns, to: f.begins ? f.end_ns ?? run.end_ns : f.time_ns }));

// Returns the marks of payments undone. Nodes that undo a payment within a two-hundredth of the run share a mark.
function undoings(list) {
  const marks = [];
  const latest = new Map(); // by payment
  for (const u of list) {
    const last = latest.get(u.transaction);
    if (last && u.time_s - last.time_s <= end / 200) last.rows.push(u);
    else {
      latest.set(u.transaction, { transaction: u.transaction, time_s: u.time_s, rows: [u] });
      marks.push(latest.get(u.transaction));
    }
  }
  return marks.map(({ transaction, time_s, rows: all }) => {
    const places = [...new Set(all.map((u) => u.node))];
    const most = Math.max(...all.map((u) => u.confirmations));
    const where = places.length > 3 ? `${places[0]} and ${places.length - 1} more` : places.join(', ');
    return { time_s, text: `${transaction} undone at ${where}, ${plural(most, 'confirmation')}` };
  });
}

export const undone = undoings(rows('undone'));
export const marksHint = undone.length ? 'bands are faults, full lines payments undone' : 'bands are faults';

// The labels of payments stand at the bottom, because those of bands stand at the top. Each is higher than
// the one before, and on the side of its line where there is room.
function undoneLine(colours, mark, i, count, bottom) {
  const left = mark.time_s > end / 2;
  return {
    name: mark.text, xAxis: mark.time_s, lineStyle: { color: colours.attack, type: 'solid', width: 1.5 },
    label: { show: count <= 6, formatter: mark.text, position: bottom, distance: 0, color: colours.attack, fontSize: 11, align: left ? 'right' : 'left', verticalAlign: 'bottom', offset: [left ? -5 : 5, -4 - 14 * (i % 3)] },
  };
}

// bottom: which end of a vertical line is below; it is 'end' where the axis of y is inverse.
export function faultMarks(colours, bottom = 'start') {
  const areas = spells.filter((s) => s.to > s.from).slice(0, 200);
  const lines = spells.filter((s) => s.to === s.from).slice(0, 200);
  return {
    markArea: {
      silent: false, itemStyle: { color: 'rgba(200, 80, 60, 0.13)' },
      label: { show: areas.length <= 6, color: colours.soft, fontSize: 11, overflow: 'truncate', width: 180 },
      // Labels of bands that overlap stand below one another.
      data: areas.map((s, i) => [{ name: s.text, xAxis: seconds(s.from), label: { position: 'insideTopLeft', offset: [0, 14 * (i % 3)] } }, { xAxis: seconds(s.to) }]),
    },
    markLine: {
      symbol: 'none', label: { show: false }, lineStyle: { color: colours.bad, type: 'dotted' },
      data: [...lines.map((s) => ({ name: s.text, xAxis: seconds(s.from) })), ...undone.slice(0, 200).map((m, i, all) => undoneLine(colours, m, i, all.length, bottom))],
    },
  };
}
