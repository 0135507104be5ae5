// The page on paper: light, and as wide as A4 or Letter is between its margins. A canvas does not follow
// the layout of print by itself.
import { eachChart, redrawAll } from './chart.js';

const PAPER_WIDTH = 690;

window.addEventListener('beforeprint', () => {
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.screen = theme;
  document.documentElement.dataset.theme = 'light';
  if (theme !== 'light') redrawAll();
  eachChart((drawn) => {
    drawn.resize({ width: PAPER_WIDTH });
    drawn.getZr().refreshImmediately(); // the page is taken before the next frame
  });
});

window.addEventListener('afterprint', () => {
  const { screen } = document.documentElement.dataset;
  if (screen === undefined) return;
  delete document.documentElement.dataset.screen;
  document.documentElement.dataset.theme = screen;
  if (screen !== 'light') redrawAll();
  eachChart((drawn) => drawn.resize({ width: 'auto' }));
});
