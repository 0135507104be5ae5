// Charts: drawn with ECharts, again in another theme, by keys, and as pictures.
import * as echarts from 'echarts/core';
import { BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TooltipComponent, VisualMapComponent,
} from 'echarts/components';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { el } from './dom.js';
import { PALETTE } from './series.js';

echarts.use([
  BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ScatterChart, AriaComponent,
  DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer,
]);

const charts = new Map(); // id to { element, chart, option(), onclick }
export const chartOf = (id) => charts.get(id).chart;
export const chartIds = () => [...charts.keys()];
export const eachChart = (func) => { for (const { chart: drawn } of charts.values()) func(drawn); };

export const isDark = () => document.documentElement.dataset.theme === 'dark';
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

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

// Returns the chart as a picture for print: light, with its zoom, without the slider. An SVG is a text, a PNG is a
// data URL at three times its size.
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

// Adds a chart with its buttons and keys. option(colours) returns what is drawn; each change of the theme calls it.
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

window.addEventListener('resize', () => eachChart((drawn) => drawn.resize()));
