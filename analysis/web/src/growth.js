// The drawing of the tree of blocks as it has grown until a moment: the last heights, with the number of
// nodes on each tip.
import { groupBy } from './data.js';
import { blockById, blocks, blockText, nodeName, plural, withheld } from './facts.js';
import { branchOf, rowOf } from './moment.js';
import { branchColour } from './network.js';
import { svg } from './dom.js';
import { stamp } from './units.js';

const HEIGHTS = 18; // drawn at least
const HEIGHTS_MAX = 64; // drawn at most, where branches are long
const ROWS = Math.min(9, Math.max(3, ...rowOf.map((row) => row + 1)));
const LINE = 35;
const [LEFT, TOP, RIGHT] = [16, 36, 10];
const [WIDTH, HEIGHT] = [440, TOP + ROWS * LINE];

const found = [...blocks].sort((a, b) => a.found_ns - b.found_ns || a.id - b.id);
const byHeight = groupBy(found, (b) => b.height);
const highest = []; // by k: the greatest height of the first k + 1 blocks found
for (const b of found) highest.push(Math.max(b.height, highest.length ? highest[highest.length - 1] : 0));

function countFound(t) {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (found[middle].found_ns <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Does a strategy withhold the block at time t? A block that was given up stays withheld.
const isSecret = (b, t) => withheld.has(b.id) && (withheld.get(b.id).event !== 'released' || withheld.get(b.id).time_ns > t);

const started = new Map(); // by branch: its first height
for (const b of blocks) if (!started.has(branchOf.get(b.id))) started.set(branchOf.get(b.id), b.height);

// Returns the first height to draw, low enough to show the branches of all tips from their forks on.
function firstHeight(top, on) {
  const wanted = on.filter(([block]) => blockById.has(block)).map(([block]) => (branchOf.get(block) ? started.get(branchOf.get(block)) - 2 : blockById.get(block).height - 1));
  return Math.max(0, top - HEIGHTS_MAX + 1, Math.min(top - HEIGHTS + 1, ...wanted));
}

// Returns the heights to draw (from, top), their blocks (list), how many blocks have no row (hidden), and how many
// nodes have a tip below the first height (below).
function grownAt(t, on) {
  const count = countFound(t);
  const top = count ? highest[count - 1] : 0;
  const from = firstHeight(top, on);
  const list = [];
  for (let height = from; height <= top; height++) list.push(...(byHeight.get(height) || []).filter((b) => b.found_ns <= t));
  const shown = list.filter((b) => rowOf[branchOf.get(b.id)] < ROWS);
  const below = on.reduce((sum, [block, n]) => sum + (blockById.has(block) && blockById.get(block).height < from ? n : 0), 0);
  return { from, top, list: shown, hidden: list.length - shown.length, below };
}

export function drawGrowth(parent, select) {
  const content = svg('g', {});
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, id: 'player-tree', role: 'img', 'aria-label': 'The tree of blocks until this moment' }, content);
  parent.append(picture);
  let drawn = '';
  const edge = (b, at) => {
    const parentBlock = blockById.get(b.parent);
    if (!parentBlock || rowOf[branchOf.get(b.parent)] >= ROWS) return null;
    const [px, py] = [Math.max(LEFT - 8, at.x(parentBlock)), at.y(parentBlock)];
    return svg('path', { class: 'grown', d: `M${px} ${py}L${Math.max(px, at.x(b) - at.column / 2)} ${at.y(b)}H${at.x(b)}`, stroke: branchColour(branchOf.get(b.id)) });
  };
  const square = (b, t, at) => {
    const colour = branchColour(branchOf.get(b.id));
    const secret = isSecret(b, t);
    const made = svg('rect', {
      class: secret ? 'block secret' : 'block', 'data-block': b.id, x: at.x(b) - at.side / 2, y: at.y(b) - at.side / 2, width: at.side, height: at.side, rx: at.side / 5,
      fill: secret ? 'var(--card)' : colour, stroke: colour,
    }, svg('title', {}, `${blockText(b)}${b.miner === null ? '' : `, by ${nodeName(b.miner)}`}, found at ${stamp(b.found_ns)}${secret ? ', withheld' : ''}`));
    made.addEventListener('click', () => select(b.id));
    return made;
  };
  return {
    update(moment) {
      const { from, top, list, hidden, below } = grownAt(moment.t, moment.on);
      const on = new Map(moment.on);
      const key = JSON.stringify([from, list.map((b) => [b.id, isSecret(b, moment.t), on.get(b.id)]), hidden, below]);
      if (key === drawn) return;
      drawn = key;
      const shown = Math.max(HEIGHTS, top - from + 1);
      const column = (WIDTH - LEFT - RIGHT) / shown;
      const at = {
        column, side: Math.min(14, column * 0.62),
        x: (b) => Math.round((LEFT + (b.height - from + 0.5) * column) * 10) / 10,
        y: (b) => TOP + rowOf[branchOf.get(b.id)] * LINE + LINE / 2,
      };
      const heights = [];
      for (let height = Math.ceil(from / 5) * 5; height <= top; height += shown > 36 ? 10 : 5) heights.push(svg('text', { class: 'height', x: at.x({ height }), y: 12 }, height));
      // Of two numbers side by side the one at an even height stands higher.
      const crowded = (b) => b.height % 2 === 0 && list.some((other) => on.has(other.id) && Math.abs(other.height - b.height) === 1 && at.y(other) === at.y(b));
      const note = [hidden ? plural(hidden, 'more stale block') : null, below ? `${plural(below, 'node')} on tips below ${from}` : null].filter((text) => text !== null).join(', ');
      content.replaceChildren(...heights, ...list.map((b) => edge(b, at)).filter((e) => e !== null), ...list.map((b) => square(b, moment.t, at)),
        ...list.filter((b) => on.has(b.id)).map((b) => svg('text', { class: 'on', 'data-on': b.id, x: at.x(b), y: at.y(b) - at.side / 2 - 4 - (crowded(b) ? 10 : 0) }, on.get(b.id))),
        svg('text', { class: 'height', x: WIDTH - 2, y: HEIGHT - 4, 'text-anchor': 'end' }, note));
    },
  };
}
