// Heights of groups of nodes over time: the least, the middle and the greatest of a group, where nodes are
// too many for a line each. A group is a cluster of the player: the nodes of a region on one side of the
// longest cut.
import { blockById, nodes } from './facts.js';
import { clusterName, clusters, moves, single } from './moment.js';

export const SPREAD_FROM = 41; // nodes

const heightOf = (block) => (blockById.has(block) ? blockById.get(block).height : 0);

// Returns the least, the middle and the greatest height of a bag, which maps heights to counts.
function spread(bag) {
  const heights = [...bag.keys()].sort((a, b) => a - b);
  const count = heights.reduce((sum, h) => sum + bag.get(h), 0);
  let seen = 0;
  const middle = heights.find((h) => (seen += bag.get(h)) * 2 >= count);
  return [heights[0], middle, heights[heights.length - 1]];
}

// Adds n to the count of a height. Moves of one instant come in any order, so a count may be below 0 until the
// last of them.
function add(bag, height, n) {
  const count = (bag.get(height) || 0) + n;
  if (count) bag.set(height, count); else bag.delete(height);
}

// Returns [{ name, nodes, points: [[ns, least, middle, greatest], …] }], with a point where one of the three changes.
export function spreads() {
  const groups = clusters.map((c) => ({ name: clusterName(c), nodes: c.nodes, bag: new Map([[0, c.nodes]]), points: [[0, 0, 0, 0]] }));
  const at = new Map(); // by node: its height
  const moved = new Set(); // groups that this instant has changed
  for (let i = 0; i < moves.length; i++) {
    const m = moves[i];
    const group = groups[single ? (nodes[m.node] ? nodes[m.node].cluster : -1) : m.cluster];
    if (group) {
      const n = single ? 1 : m.nodes;
      add(group.bag, single ? at.get(m.node) || 0 : heightOf(m.old_block), -n);
      add(group.bag, heightOf(m.block), n);
      moved.add(group);
    }
    if (single) at.set(m.node, heightOf(m.block));
    if (i + 1 < moves.length && moves[i + 1].time_ns === m.time_ns) continue;
    for (const one of moved) {
      const now = spread(one.bag);
      const last = one.points[one.points.length - 1];
      if (now.some((h, k) => h !== last[k + 1])) one.points.push([m.time_ns, ...now]);
    }
    moved.clear();
  }
  return groups.map(({ name, nodes: count, points }) => ({ name, nodes: count, points }));
}
