// Axes, series and tooltips that several charts share.
import { clock } from './units.js';
import { el } from './dom.js';

// Colours of series, in this order.
export const PALETTE = ['#2a78d6', '#d9822b', '#2a9d6f', '#b5489a', '#8468d8', '#c23b3b', '#7a8794', '#b39b00', '#19a7b8', '#8c5a2b', '#e377c2', '#5a7d1a', '#3d4fa1'];

// Returns the lines of a tooltip as an element, because ECharts would read a text as markup.
export function tip(...lines) {
  return el('div', {}, ...lines.filter((line) => line !== null).map((line) => el('div', {}, line)));
}

// Returns an axis of virtual time with minutes and hours as clocks show them. The last label is left out, because
// it would run into the one before.
export const timeAxis = (more) => ({
  type: 'value', name: more.max < 60 ? 'virtual time, s' : more.max < 3600 ? 'virtual time, m:ss' : 'virtual time, h:mm:ss',
  nameLocation: 'middle', nameGap: 26, scale: true, ...more,
  axisLabel: { formatter: clock, hideOverlap: true, showMaxLabel: false, ...more.axisLabel },
});

// Returns an axis of numbers. It is logarithmic if that spaces the values more evenly.
export function numberAxis(values, more) {
  const gaps = (list) => list.slice(1).map((v, i) => v - list[i]);
  const unevenness = (list) => Math.max(...gaps(list)) / Math.min(...gaps(list));
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const log = sorted.length > 2 && sorted[0] > 0 && unevenness(sorted.map(Math.log)) < unevenness(sorted);
  return {
    type: log ? 'log' : 'value', ...(log ? { min: sorted[0], max: sorted[sorted.length - 1] } : { scale: true }),
    nameLocation: 'middle', nameGap: 26, axisLabel: { hideOverlap: true, formatter: (v) => String(Number(v.toPrecision(3))) }, ...more,
  };
}

// Returns the area between [x, low, high], in the colour of the line of that name.
export function bandSeries(name, list) {
  return {
    type: 'custom', name, silent: true, clip: true, z: 1, data: list,
    renderItem: (item, api) => (item.dataIndex > 0 ? null : {
      type: 'polygon',
      shape: { points: [...list.map(([x, , high]) => api.coord([x, high])), ...[...list].reverse().map(([x, low]) => api.coord([x, low]))] },
      style: { fill: api.visual('color'), opacity: 0.18 },
    }),
    encode: { x: 0, y: [1, 2] },
  };
}

// Returns the same as a bar with caps at each x. A bar at the edge of the chart stands on the axis, so nothing is
// clipped: renderItem leaves out what lies outside of the grid.
export function barSeries(name, list) {
  const CAP = 4;
  return {
    type: 'custom', name, silent: true, clip: false, z: 3, data: list,
    renderItem: ({ coordSys: grid }, api) => {
      const [x, low, high] = [0, 1, 2].map((k) => api.value(k));
      const [middle, bottom] = api.coord([x, low]);
      const top = api.coord([x, high])[1];
      const [ceiling, floor] = [grid.y - 0.5, grid.y + grid.height + 0.5];
      if (middle < grid.x - 1 || middle > grid.x + grid.width + 1 || top > floor || bottom < ceiling) return null;
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: api.visual('color'), lineWidth: 1.4 } });
      const cap = (y) => (y < ceiling || y > floor ? [] : [line(middle - CAP, y, middle + CAP, y)]);
      return { type: 'group', children: [line(middle, Math.min(bottom, floor), middle, Math.max(top, ceiling)), ...cap(bottom), ...cap(top)] };
    },
    encode: { x: 0, y: [1, 2] },
  };
}
