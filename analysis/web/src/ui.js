// Elements and charts. Every text is set as text: names come from a file that may be anything.
import * as echarts from 'echarts/core';
import { BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TooltipComponent, VisualMapComponent,
} from 'echarts/components';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { clock } from './data.js';

echarts.use([
  BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ScatterChart, AriaComponent,
  DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer,
]);

export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  for (const child of children) {
    if (child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

// An element of a drawing. Attributes of undefined or null are left out.
export function svg(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) element.setAttribute(key, value);
  for (const child of children) if (child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
  return element;
}

export function section(parent, id, title, hint, ...children) {
  const made = el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title),
    hint ? el('p', { class: 'soft' }, hint) : null, ...children);
  parent.append(made);
  return made;
}

// --- charts ---

const charts = new Map(); // id to { element, chart, option(), onclick }
export const chartOf = (id) => charts.get(id).chart;
export const chartIds = () => [...charts.keys()];

export const isDark = () => document.documentElement.dataset.theme === 'dark';
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Lines of a tooltip as text: ECharts takes a node in place of markup.
export function tip(...lines) {
  return el('div', {}, ...lines.filter((line) => line !== null).map((line) => el('div', {}, line)));
}

// Virtual time: minutes and hours as clocks show them. The last label is left out: it would run into
// the one before.
export const timeAxis = (more) => ({
  type: 'value', name: more.max < 60 ? 'virtual time, s' : more.max < 3600 ? 'virtual time, m:ss' : 'virtual time, h:mm:ss',
  nameLocation: 'middle', nameGap: 26, scale: true, ...more,
  axisLabel: { formatter: clock, hideOverlap: true, showMaxLabel: false, ...more.axisLabel },
});

// An axis of numbers; logarithmic where they are spread more evenly so.
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

// Colours of series, in this order.
// [x, low, high] as an area of the colour of the line of that name.
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

// The same as a bar with caps at each x.
export function barSeries(name, list) {
  const CAP = 4;
  return {
    type: 'custom', name, silent: true, clip: true, z: 1, data: list,
    renderItem: (item, api) => {
      const [x, low, high] = [0, 1, 2].map((k) => api.value(k));
      const [left, bottom] = api.coord([x, low]);
      const top = api.coord([x, high])[1];
      const style = { stroke: api.visual('color'), lineWidth: 1.4 };
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
      return { type: 'group', children: [line(left, bottom, left, top), line(left - CAP, bottom, left + CAP, bottom), line(left - CAP, top, left + CAP, top)] };
    },
    encode: { x: 0, y: [1, 2] },
  };
}

export const PALETTE = ['#2a78d6', '#d9822b', '#2a9d6f', '#b5489a', '#8468d8', '#c23b3b', '#7a8794', '#b39b00', '#19a7b8', '#8c5a2b', '#e377c2', '#5a7d1a', '#3d4fa1'];

function optionOf(entry) {
  const option = {
    backgroundColor: 'transparent', animation: false, aria: { enabled: true }, textStyle: { fontFamily: 'inherit' },
    grid: { left: 64, right: 24, top: 34, bottom: 74 },
    dataZoom: [{ type: 'inside', filterMode: 'none' }, { type: 'slider', filterMode: 'none', height: 18, bottom: 8 }],
    color: PALETTE,
    ...entry.option({ soft: ink('--soft'), line: ink('--line'), ink: ink('--ink'), good: ink('--good'), bad: ink('--bad'), attack: ink('--attack'), card: ink('--card') }),
  };
  option.tooltip = { backgroundColor: ink('--bg'), borderColor: ink('--line'), textStyle: { color: ink('--ink') }, confine: true, ...option.tooltip };
  return option;
}

function draw(entry) {
  const zooms = entry.chart ? entry.chart.getOption().dataZoom : null;
  if (entry.chart) entry.chart.dispose();
  entry.chart = echarts.init(entry.element, isDark() ? 'dark' : null, { renderer: 'canvas' });
  const option = optionOf(entry);
  entry.chart.setOption(option);
  if (zooms && option.dataZoom.length) {
    for (const [i, zoom] of zooms.entries()) {
      if (i < option.dataZoom.length) entry.chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: i, start: zoom.start, end: zoom.end });
    }
  }
  if (entry.onclick) entry.chart.on('click', entry.onclick);
}

// --- pictures ---

const PICTURE = { width: 900, height: 400 };

// The chart as a picture for a page of print: light, at the zoom that it has, without the slider. An
// SVG as text, a PNG as a data URL at three times its size.
export function pictureOf(id, kind) {
  const entry = charts.get(id);
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.theme = 'light';
  const option = optionOf(entry);
  document.documentElement.dataset.theme = theme;
  const zooms = entry.chart.getOption().dataZoom || [];
  option.dataZoom = option.dataZoom.map((zoom, i) => ({ ...zoom, show: false, start: zooms[i].start, end: zooms[i].end }));
  option.backgroundColor = '#ffffff';
  if (kind === 'svg') {
    const drawn = echarts.init(null, null, { renderer: 'svg', ssr: true, ...PICTURE });
    drawn.setOption(option);
    const text = drawn.renderToSVGString();
    drawn.dispose();
    return text;
  }
  const drawn = echarts.init(document.createElement('div'), null, { renderer: 'canvas', ...PICTURE });
  drawn.setOption(option);
  const url = drawn.getDataURL({ type: 'png', pixelRatio: 3 });
  drawn.dispose();
  return url;
}

function save(id, kind) {
  const picture = pictureOf(id, kind);
  const href = kind === 'svg' ? URL.createObjectURL(new Blob([picture], { type: 'image/svg+xml' })) : picture;
  el('a', { href, download: `${document.title.replace(/ – kettensim$/, '').replace(/[^\p{L}\p{N}]+/gu, '-')}-${id}.${kind}` }).click();
}

// option(colours) gives what is drawn; it is asked again when the theme changes.
export function chart(parent, id, label, option, onclick) {
  const element = el('div', { class: 'chart', id: `chart-${id}`, tabindex: '0', role: 'img', 'aria-label': label });
  parent.append(element, el('div', { class: 'save noprint' }, ...['svg', 'png'].map((kind) => el('button', { type: 'button', 'aria-label': `Save ${label} as ${kind.toUpperCase()}`, onclick: () => save(id, kind) }, kind.toUpperCase()))));
  const entry = { element, option, onclick, chart: null };
  charts.set(id, entry);
  draw(entry);
  // Keys: + and - zoom, arrows pan, 0 shows all.
  element.addEventListener('keydown', (event) => {
    const zoom = (entry.chart.getOption().dataZoom || [])[0];
    if (!zoom) return;
    const span = zoom.end - zoom.start;
    const moves = {
      '+': [zoom.start + span / 4, zoom.end - span / 4], '-': [zoom.start - span / 2, zoom.end + span / 2],
      ArrowLeft: [zoom.start - span / 4, zoom.end - span / 4], ArrowRight: [zoom.start + span / 4, zoom.end + span / 4], 0: [0, 100],
    };
    const to = moves[event.key];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    entry.chart.dispatchAction({ type: 'dataZoom', start: Math.max(0, to[0]), end: Math.min(100, to[1]) });
  });
}

export function redraw(id) {
  draw(charts.get(id));
}

export function redrawAll() {
  for (const entry of charts.values()) draw(entry);
}

window.addEventListener('resize', () => { for (const entry of charts.values()) entry.chart.resize(); });

// On paper: light, and as wide as a page of A4 or Letter is between its margins; a canvas does not
// follow the layout of print by itself.
const PAPER_WIDTH = 690;

window.addEventListener('beforeprint', () => {
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.screen = theme;
  document.documentElement.dataset.theme = 'light';
  if (theme !== 'light') redrawAll();
  for (const entry of charts.values()) {
    entry.chart.resize({ width: PAPER_WIDTH });
    entry.chart.getZr().refreshImmediately(); // the page is taken before the next frame
  }
});
window.addEventListener('afterprint', () => {
  const { screen } = document.documentElement.dataset;
  if (screen === undefined) return;
  delete document.documentElement.dataset.screen;
  document.documentElement.dataset.theme = screen;
  if (screen !== 'light') redrawAll();
  for (const entry of charts.values()) entry.chart.resize({ width: 'auto' });
});

// --- tables ---

const ROWS_SHOWN = 500;

// columns: { name, of(row), text(row), number, screen: not on paper }. Sorted by a click on a head, filtered by a word.
export function table(parent, id, columns, list, filterLabel) {
  const body = el('tbody', {});
  const note = el('p', { class: 'soft' });
  const state = { sort: null, down: false, word: '' };
  const show = () => {
    let shown = list;
    if (state.word) {
      const word = state.word.toLowerCase();
      shown = shown.filter((row) => columns.some((c) => String((c.text || c.of)(row)).toLowerCase().includes(word)));
    }
    if (state.sort) {
      shown = [...shown].sort((a, b) => {
        const x = state.sort.of(a);
        const y = state.sort.of(b);
        if (x === null || y === null) return (x === null) - (y === null);
        return (x < y ? -1 : x > y ? 1 : 0) * (state.down ? -1 : 1);
      });
    }
    body.replaceChildren(...shown.slice(0, ROWS_SHOWN).map((row) => el('tr', {}, ...columns.map((c) => {
      const cell = (c.text || c.of)(row);
      return el('td', { class: [c.number ? 'number' : '', c.screen ? 'noprint' : '', c.class ? c.class(row) : ''].join(' ').trim() || null }, cell === null ? '–' : cell);
    }))));
    note.textContent = shown.length > ROWS_SHOWN ? `${ROWS_SHOWN} of ${shown.length} rows` : `${shown.length} rows`;
  };
  const heads = columns.map((c) => el('th', { scope: 'col', class: [c.number ? 'number' : '', c.screen ? 'noprint' : ''].join(' ').trim() || null }, el('button', {
    type: 'button',
    onclick: () => { state.down = state.sort === c ? !state.down : Boolean(c.number); state.sort = c; show(); },
  }, c.name)));
  if (filterLabel) {
    parent.append(el('div', { class: 'row noprint' }, el('label', {}, `${filterLabel} `,
      el('input', { type: 'search', id: `${id}-filter`, oninput: (event) => { state.word = event.target.value; show(); } }))));
  }
  parent.append(el('div', { class: 'scroll' }, el('table', { id }, el('thead', {}, el('tr', {}, ...heads)), body)), filterLabel ? note : '');
  show();
}
