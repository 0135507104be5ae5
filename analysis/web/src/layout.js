// Where the player draws each unit: the same picture each time, from the links and clusters alone.
import { clusters, lines, single, units } from './moment.js';

export const WIDTH = 640;
const HEIGHT = 440;
const MARGIN = 34;
const GOLDEN = 2.399963229728653; // the golden angle: a sunflower fills a disc evenly

// Returns a disc for each size, on an ellipse. Areas are in proportion, and no two discs touch.
function discs(sizes) {
  const [cx, cy] = [WIDTH / 2, HEIGHT / 2];
  if (sizes.length === 1) return [{ x: cx, y: cy, r: cy - MARGIN }];
  const most = Math.sqrt(Math.max(...sizes));
  for (let r = cy - MARGIN; ; r *= 0.95) {
    const radius = sizes.map((size) => Math.max(12, (r * Math.sqrt(size)) / most));
    const widest = Math.max(...radius);
    const places = sizes.map((_, i) => {
      const angle = (2 * Math.PI * i) / sizes.length - Math.PI * (sizes.length === 2 ? 1 : 0.5);
      return { x: cx + Math.cos(angle) * (cx - MARGIN - widest), y: cy + Math.sin(angle) * (cy - MARGIN - widest), r: radius[i] };
    });
    const apart = places.every((p, i) => places.every((q, j) => i >= j || Math.hypot(p.x - q.x, p.y - q.y) >= p.r + q.r + 22));
    if (apart || r < 14) return places;
  }
}

// Returns n places in a disc: on a circle, or as in a sunflower if they are many.
function within({ x, y, r }, n, roomy) {
  if (n === 1) return [{ x, y }];
  return Array.from({ length: n }, (_, i) => {
    const circle = n <= (roomy ? 60 : 10);
    const angle = circle ? (2 * Math.PI * i) / n - Math.PI / 2 : i * GOLDEN;
    const far = circle ? (roomy ? 1 : 0.72) * r : r * 0.95 * Math.sqrt((i + 0.5) / n);
    return { x: x + far * Math.cos(angle), y: y + far * Math.sin(angle) };
  });
}

// Moves n nodes from a circle by springs along links and repulsion between all (Fruchterman and Reingold, 1991).
// It draws no random number, so the picture is always the same.
function springs(n, pairs) {
  const at = within({ x: 0, y: 0, r: 1 }, n, true);
  const ideal = 1.6 / Math.sqrt(n);
  for (let round = 0, heat = 0.2; round < 300; round++, heat *= 0.985) {
    const push = at.map(() => ({ x: 0, y: 0 }));
    const pull = (i, j, force) => {
      const [dx, dy] = [at[i].x - at[j].x, at[i].y - at[j].y];
      const d = Math.max(1e-4, Math.hypot(dx, dy));
      const f = force(d) / d;
      push[i].x += dx * f; push[i].y += dy * f; push[j].x -= dx * f; push[j].y -= dy * f;
    };
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pull(i, j, (d) => (ideal * ideal) / d);
    for (const [i, j] of pairs) pull(i, j, (d) => -(d * d) / ideal);
    for (const [i, p] of push.entries()) {
      const d = Math.max(1e-9, Math.hypot(p.x, p.y));
      at[i].x += (p.x / d) * Math.min(d, heat);
      at[i].y += (p.y / d) * Math.min(d, heat);
    }
  }
  const [xs, ys] = [at.map((p) => p.x), at.map((p) => p.y)];
  const fit = (v, all, size) => {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return high - low < 1e-6 ? size / 2 : MARGIN + ((v - low) / (high - low)) * (size - 2 * MARGIN);
  };
  return at.map((p) => ({ x: fit(p.x, xs, WIDTH), y: fit(p.y, ys, HEIGHT) }));
}

// Returns places, { x, y, r } by unit, and hulls, the disc of each cluster with its cluster.
export function layout() {
  if (!single) {
    const hulls = discs(units.map((u) => u.nodes));
    return { places: hulls, hulls: [] };
  }
  const radius = units.length <= 20 ? 11 : units.length <= 60 ? 8 : 5.5;
  const round = (list) => list.map((p) => ({ x: Math.round(p.x * 10) / 10, y: Math.round(p.y * 10) / 10, r: radius }));
  if (clusters.length === 1) {
    const sparse = lines.length > 0 && lines.length <= 2 * units.length;
    const places = sparse ? springs(units.length, lines.map((l) => [l.a, l.b])) : within({ x: WIDTH / 2, y: HEIGHT / 2, r: HEIGHT / 2 - MARGIN }, units.length, true);
    return { places: round(places), hulls: [] };
  }
  const hulls = discs(clusters.map((c) => c.nodes)).map((hull, i) => ({ ...hull, cluster: clusters[i] }));
  const next = clusters.map((c, i) => within(hulls[i], c.nodes, false)[Symbol.iterator]());
  return { places: round(units.map((u) => next[u.cluster].next().value)), hulls };
}
