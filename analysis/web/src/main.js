// The report: reads the data, draws a run or a sweep, and lets the reader choose the theme.
import { raw } from './data.js';
import { chartIds, chartOf, isDark, pictureOf, redrawAll } from './chart.js';
import { el } from './dom.js';
import './print.js';

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

setTheme(window.matchMedia('(prefers-color-scheme: dark)').matches);

async function start() {
  const page = document.getElementById('page');
  const body = el('div', {});
  const heading = el('h1', {});
  const subtitle = el('p', { class: 'soft' });
  const theme = el('button', { type: 'button', id: 'theme', class: 'noprint', onclick: () => { setTheme(!isDark()); theme.textContent = isDark() ? 'Light' : 'Dark'; redrawAll(); } }, isDark() ? 'Light' : 'Dark');
  page.replaceChildren(el('header', {}, el('div', {}, heading, subtitle), theme), body);
  const { draw } = raw.kind === 'run' ? { draw: (await import('./run.js')).drawRun } : { draw: (await import('./sweep.js')).drawSweep };
  const told = draw(body);
  heading.textContent = told.title;
  subtitle.textContent = told.subtitle;
  document.title = `${told.title} – kettensim`;
  window.kettensim = { chartIds, chartOf, pictureOf, select: told.select, player: told.player };
  document.documentElement.dataset.ready = 'yes';
}

start();
