// Reports as a reader sees them, in Chromium: check.mjs FOLDER [gallery|player]. Run from the root.
import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPlayer } from './check_player.mjs';

const command = resolve(process.env.KETTENSIM);
const folder = resolve(process.argv[2]);
const gallery = process.argv[3] === 'gallery';
const playerOnly = process.argv[3] === 'player';
let passed = 0;
let failed = 0;

function check(what, ok, detail) {
  if (ok) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL web/${what}${detail === undefined ? '' : `: ${detail}`}`);
  }
}

const kettensim = (...words) => execFileSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
// A run whose checks fail.
const attempt = (...words) => { try { execFileSync(command, words, { stdio: 'ignore' }); } catch (error) { if (error.status !== 1) throw error; } };
const ask = (database, sql) => JSON.parse(kettensim('query', database, sql, '--json'));

function report(name, scenario, ...words) {
  const database = join(folder, `${name}.db`);
  kettensim('run', scenario, '--trace', 'full', '-q', '-o', database, ...words);
  kettensim('report', database);
  return { database, page: join(folder, `${name}.html`) };
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

// A page without errors and without requests but for itself.
async function open(name, path, theme, motion) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: theme || 'light', reducedMotion: motion || 'no-preference' });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) check(`${name}/console`, false, message.text()); });
  page.on('pageerror', (error) => check(`${name}/error`, false, error.message));
  page.on('dialog', (dialog) => { check(`${name}/dialog`, false, dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => { if (!/^(file|data|blob):/.test(request.url())) check(`${name}/network`, false, request.url()); });
  await page.goto(`file://${path}`);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes', null, { timeout: 20000 });
  return page;
}

// How many different colours a chart's canvas has: a blank one has a single one.
const colours = (page, id) => page.evaluate((chart) => {
  const seen = new Set();
  for (const canvas of document.querySelectorAll(`#chart-${chart} canvas`)) {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3]);
  }
  return seen.size;
}, id);

async function checkPainted(name, page, expected) {
  const ids = await page.evaluate(() => window.kettensim.chartIds());
  for (const id of expected) check(`${name}/has ${id}`, ids.includes(id));
  for (const id of ids) check(`${name}/painted ${id}`, (await colours(page, id)) > 4);
}

const figure = (page, name) => page.locator(`[data-figure="${name}"]`).innerText().then((text) => Number(text.replace(/,/g, '')));

// The pixel of a block in the tree.
const placeOf = (page, id) => page.evaluate((block) => {
  const chart = window.kettensim.chartOf('tree');
  for (const [i, series] of chart.getOption().series.entries()) {
    const point = series.type === 'scatter' && series.data.find((d) => d.id === block);
    if (point) return chart.convertToPixel({ seriesIndex: i }, point.value);
  }
  return null;
}, id);

async function checkRun(name, { database, page: path }) {
  const page = await open(name, path);
  const charts = ['tree', 'heights', 'agreement', 'reorgs', 'cdf', 'per-block', 'space-time', 'traffic'];
  const [txs] = ask(database, 'SELECT (SELECT count(*) FROM tx_event) AS events, (SELECT count(*) FROM block_tx x JOIN block b ON b.id = x.block WHERE b.active) AS confirmed, (SELECT count(*) FROM tx) AS n');
  if (txs.events) charts.push('mempool');
  if (txs.confirmed) charts.push('confirmations');
  await checkPainted(name, page, charts);
  if (txs.n) {
    check(`${name}/transactions`, (await figure(page, 'transactions')) === txs.n);
    check(`${name}/confirmed`, (await figure(page, 'confirmed')) === txs.confirmed);
    const ends = await page.evaluate(() => { const of = (id) => window.kettensim.chartIds().includes(id) && window.kettensim.chartOf(id).getOption().series; return { mempool: of('mempool') && of('mempool')[0].data.at(-1)[1], one: of('confirmations') && of('confirmations')[0].data.at(-1) }; });
    const nodes = ask(database, 'SELECT count(*) AS n FROM node')[0].n;
    const waiting = JSON.parse(kettensim('query', database, 'mempool-nodes', '--json')).reduce((sum, row) => sum + row.held_at_end, 0) / nodes;
    if (txs.events) check(`${name}/mempool at the end`, Math.abs(ends.mempool - waiting) < 1e-9, `${ends.mempool}, not ${waiting}`);
    const first = JSON.parse(kettensim('query', database, 'tx-confirmation', '--json')).find((row) => row.confirmations === 1);
    if (first) check(`${name}/confirmation times`, ends.one[1] === 100 && Math.abs(ends.one[0] - first.max_s) < 0.001, `${ends.one}, not ${first.max_s}`);
  }

  const [facts] = ask(database, "SELECT (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM block) - 1 AS blocks, (SELECT count(*) FROM block WHERE active = 0) AS stale, (SELECT count(*) FROM tip WHERE reorg_depth > 0) AS reorgs, (SELECT max(reorg_depth) FROM tip) AS deepest, (SELECT count(*) FROM message) AS messages, (SELECT max(height) FROM block WHERE active) AS height");
  for (const [key, label] of [['nodes', 'nodes'], ['blocks', 'blocks'], ['stale', 'stale'], ['reorgs', 'reorgs'], ['deepest', 'deepest reorg'], ['messages', 'messages'], ['height', 'height']]) {
    const shown = await figure(page, label);
    check(`${name}/figure ${label}`, shown === facts[key], `${shown} on the page, ${facts[key]} in the database`);
  }

  // A block by the mouse.
  const [stale] = ask(database, 'SELECT b.id, substr(b.hash, 1, 8) AS hash, n.name AS miner, (SELECT count(*) FROM arrival a WHERE a.block = b.id) AS reached FROM block b JOIN node n ON n.id = b.miner WHERE NOT b.active ORDER BY b.id LIMIT 1');
  if (stale) {
    const pixel = await placeOf(page, stale.id);
    await page.locator('#chart-tree').scrollIntoViewIfNeeded();
    const box = await page.locator('#chart-tree').boundingBox();
    await page.mouse.click(box.x + pixel[0], box.y + pixel[1]);
    const life = await page.locator('#life').innerText();
    check(`${name}/life`, life.includes(stale.hash) && life.includes(`found by ${stale.miner}`) && life.includes('stale at the end'), life.slice(0, 200));
    const [held] = ask(database, `SELECT tx_count AS n FROM block WHERE id = ${stale.id}`);
    check(`${name}/life transactions`, life.includes(`, ${held.n} transactions`));
    const rows = await page.locator('#life-table tbody tr').count();
    check(`${name}/life arrivals`, rows === stale.reached, `${rows}, not ${stale.reached}`);
  }

  // Zoom by keys and by the wheel.
  const span = () => page.evaluate(() => { const zoom = window.kettensim.chartOf('tree').getOption().dataZoom[0]; return zoom.end - zoom.start; });
  const before = await span();
  await page.locator('#chart-tree').focus();
  await page.keyboard.press('+');
  const keyed = await span();
  check(`${name}/zoom by key`, keyed < before, `${before} to ${keyed}`);
  await page.locator('#chart-tree').hover();
  await page.mouse.wheel(0, -300);
  await page.waitForTimeout(300);
  check(`${name}/zoom by wheel`, (await span()) < keyed);

  // Dark, with the zoom kept.
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const zoomed = await span();
  await page.locator('#theme').click();
  check(`${name}/dark`, (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) !== light);
  check(`${name}/dark keeps zoom`, Math.abs((await span()) - zoomed) < 1e-6);
  await checkPainted(`${name}/dark`, page, charts);

  // Nodes by a filter.
  const [first] = ask(database, 'SELECT name FROM node ORDER BY id LIMIT 1');
  const [match] = ask(database, `SELECT count(*) AS n FROM node WHERE name LIKE '%${first.name}%'`);
  await page.locator('#nodes-table-filter').fill(first.name);
  check(`${name}/filter`, (await page.locator('#nodes-table tbody tr').count()) === match.n);
  await page.locator('#nodes-table-filter').fill('');
  const lost = ask(database, 'SELECT n.mined - (SELECT count(*) FROM block b WHERE b.active AND b.miner = n.id) AS n FROM node n ORDER BY id');
  const heads = await page.locator('#nodes-table thead th').allInnerTexts();
  const column = (await cells(page, 'nodes-table')).map((row) => row[heads.indexOf('stale')]);
  check(`${name}/stale`, column.join() === lost.map((row) => row.n).join(), column.join());
  await checkColours(name, page);
  await checkPictures(name, page);
  await page.close();
}

// Each chart as a picture: an SVG that parses and has something in it, light whatever the page is, and a PNG.
async function checkPictures(name, page) {
  for (const id of await page.evaluate(() => window.kettensim.chartIds())) {
    const seen = await page.evaluate((chart) => {
      const text = window.kettensim.pictureOf(chart, 'svg');
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return { dark: text.includes(getComputedStyle(document.documentElement).getPropertyValue('--soft').trim()), error: parsed.querySelector('parsererror') !== null, shapes: parsed.querySelectorAll('path').length, back: parsed.querySelector('rect')?.getAttribute('fill'), png: window.kettensim.pictureOf(chart, 'png').slice(0, 22) };
    }, id);
    check(`${name}/svg ${id}`, !seen.error && !seen.dark && seen.shapes > 4 && seen.back === '#ffffff', JSON.stringify(seen));
    check(`${name}/png ${id}`, seen.png === 'data:image/png;base64,', seen.png);
  }
  check(`${name}/theme stays`, await page.evaluate(() => document.documentElement.dataset.theme === 'dark'));
}

// A node has one colour in tree and heights, a kind of message one in messages and traffic.
async function checkColours(name, page) {
  const used = await page.evaluate(() => ['tree', 'heights', 'space-time', 'traffic'].flatMap((id) => window.kettensim.chartOf(id).getOption().series.filter((s) => s.name && s.itemStyle && s.itemStyle.color).map((s) => [s.name, s.itemStyle.color])));
  const by = new Map();
  for (const [series, colour] of used) by.set(series, new Set([...(by.get(series) || []), colour]));
  check(`${name}/one colour each`, [...by.values()].every((colours) => colours.size === 1) && used.length > by.size, JSON.stringify([...by].filter(([, colours]) => colours.size > 1).map(([series]) => series)));
}

const answer = (database, name) => JSON.parse(kettensim('query', database, name, '--json'));
const cells = (page, id) => page.locator(`#${id} tbody tr`).evaluateAll((list) => list.map((row) => [...row.cells].map((cell) => cell.innerText)));

// The blocks of the tree as drawn, by id: { color, borderColor } of those that differ from their series.
const styles = (page) => page.evaluate(() => Object.fromEntries(window.kettensim.chartOf('tree').getOption().series.filter((s) => s.type === 'scatter').flatMap((s) => s.data.filter((d) => d.itemStyle).map((d) => [d.id, d.itemStyle]))));

async function checkSecrets(name, page, database, card) {
  const last = ask(database, 'SELECT block, event, time_ns, (SELECT found_ns FROM block b WHERE b.id = s.block) AS found_ns FROM strategy s WHERE seq IN (SELECT max(seq) FROM strategy GROUP BY block) ORDER BY block');
  const drawn = await styles(page);
  check(`${name}/withheld blocks`, Object.keys(drawn).join() === last.map((s) => s.block).join(), Object.keys(drawn).length);
  const hollow = last.filter((s) => s.event !== 'released').map((s) => String(s.block));
  check(`${name}/hollow blocks`, Object.keys(drawn).filter((id) => drawn[id].color === card).join() === hollow.join(), `of ${hollow.length}`);
  const bars = await page.evaluate(() => (window.kettensim.chartOf('tree').getOption().series.find((s) => s.id === 'secrets') || { data: [] }).data.map((d) => [d.coords[0][0], d.coords[1][0]]));
  const spells = last.filter((s) => s.event === 'released').map((s) => [s.found_ns / 1e9, s.time_ns / 1e9]);
  check(`${name}/secret until shown`, JSON.stringify(bars) === JSON.stringify(spells), `${bars.length} bars, ${spells.length} blocks`);
  check(`${name}/key`, (await page.locator('#secrets').count()) === (last.length ? 1 : 0));
}

async function checkAdversaries(name, { database, page: path }) {
  const page = await open(name, path);
  const attackers = answer(database, 'attackers');
  await checkPainted(name, page, ['tree', 'revenue']);
  await checkSecrets(name, page, database, '#f6f7f9');

  const shown = await cells(page, 'attackers-table');
  const text = (v) => (v === null ? '–' : String(v));
  check(`${name}/attackers`, JSON.stringify(shown) === JSON.stringify(attackers.map((a) => Object.values(a).map(text))), JSON.stringify(shown));
  const chart = await page.evaluate(() => { const o = window.kettensim.chartOf('revenue').getOption(); return { names: o.xAxis[0].data, series: o.series.map((s) => s.data), colours: o.series.map((s) => s.itemStyle.color) }; });
  const strategies = new Map(attackers.map((a) => [a.node, a.strategy]));
  const labels = new Map(answer(database, 'revenue').map((m) => [strategies.get(m.miner) ? `${m.miner}\n${strategies.get(m.miner)}` : m.miner, m]));
  check(`${name}/miners`, chart.names.length === labels.size && chart.names.every((n) => labels.has(n)), chart.names.join());
  for (const [i, label] of chart.names.entries()) {
    const m = labels.get(label);
    const near = (a, b) => Math.abs(a - b) < 1e-5;
    const [power, attacking, honest] = chart.series.map((s) => s[i]);
    check(`${name}/revenue of ${m.miner}`, near(power, m.power_percent) && near(strategies.has(m.miner) ? attacking : honest, m.revenue_percent) && (strategies.has(m.miner) ? honest : attacking) === null, `${power}, ${attacking}, ${honest}`);
  }
  check(`${name}/colours`, new Set(chart.colours).size === 3, chart.colours.join());
  const column = (await cells(page, 'nodes-table')).map((row) => row[2]);
  check(`${name}/strategies`, column.join() === ask(database, "SELECT coalesce(strategy, '–') AS s FROM node ORDER BY id").map((n) => n.s).join(), column.join());

  // Each reorganisation is one of a dot.
  const dots = await page.evaluate(() => window.kettensim.chartOf('reorgs').getOption().series[0].data.map((d) => [d.list.length, d.value[1], d.list.every((r) => r.depth === d.value[1])]));
  const [reorgs] = ask(database, 'SELECT count(*) AS n, coalesce(sum(reorg_depth), 0) AS depth FROM tip WHERE reorg_depth > 0');
  check(`${name}/reorg dots`, dots.reduce((sum, d) => sum + d[0], 0) === reorgs.n && dots.reduce((sum, d) => sum + d[0] * d[1], 0) === reorgs.depth && dots.every((d) => d[2]), JSON.stringify(dots.slice(0, 5)));

  // Payments undone: in a table, and as lines on each time axis with faults.
  const undone = answer(database, 'undone');
  const places = new Map();
  for (const u of undone) places.set(u.transaction, [...(places.get(u.transaction) || []), u.node]);
  check(`${name}/undone`, (await page.locator('#undone-table tbody tr').count()) === undone.length);
  for (const id of ['tree', 'heights', 'agreement', 'reorgs']) {
    const marks = await page.evaluate((of) => window.kettensim.chartOf(of).getOption().series.flatMap((s) => (s.markLine ? s.markLine.data.map((d) => [d.xAxis, d.name]) : [])), id);
    for (const [tx, nodes] of places) {
      const first = undone.find((u) => u.transaction === tx);
      const where = nodes.length > 3 ? `${nodes[0]} and ${nodes.length - 1} more` : nodes.join(', ');
      const line = `${tx} undone at ${where}, ${first.confirmations} confirmation${first.confirmations === 1 ? '' : 's'}`;
      check(`${name}/undone in ${id}`, marks.some(([x, said]) => x === first.time_s && said === line), JSON.stringify(marks));
    }
  }

  // The life of the first block that was released.
  const [released] = ask(database, "SELECT s.block, s.time_ns - b.found_ns AS held_ns FROM strategy s JOIN block b ON b.id = s.block WHERE event = 'released' ORDER BY s.block LIMIT 1");
  if (released) {
    await page.evaluate((id) => window.kettensim.select(id), released.block);
    const life = await page.locator('#life').innerText();
    const [held] = ask(database, `SELECT printf('%dm%.2fs', ${released.held_ns} / 60000000000, ${released.held_ns} % 60000000000 / 1e9) AS long, printf('%.2f s', ${released.held_ns} / 1e9) AS short`);
    const expected = released.held_ns < 120e9 ? held.short : held.long;
    check(`${name}/withheld for`, released.held_ns < 1e9 || life.includes(`, withheld ${expected}, `), `${expected}: ${life.slice(0, 200)}`);
  }

  await page.locator('#theme').click();
  await checkPainted(`${name}/dark`, page, ['revenue']);
  await checkSecrets(`${name}/dark`, page, database, '#1a202a');
  await page.close();
}

// On paper: every chart within the page, controls gone, light also from dark, and the screen as before.
async function checkPrint(name, path) {
  const page = await open(`${name}/print`, path, 'dark');
  const pdf = await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4', preferCSSPageSize: false, printBackground: true });
  const pages = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length;
  check(`${name}/print pages`, pages > 1, pages);
  check(`${name}/print back to dark`, await page.evaluate(() => document.documentElement.dataset.theme === 'dark' && document.documentElement.dataset.screen === undefined));
  const screen = await page.evaluate(() => document.querySelector('.chart').clientWidth);
  const wide = await page.evaluate(() => document.querySelector('.chart canvas').clientWidth);
  check(`${name}/print back to the screen's width`, wide === screen, `${wide} of ${screen}`);
  // A4 less its margins, as print lays it out.
  await page.setViewportSize({ width: 703, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  // What is on the canvas at once is what is on it a frame later: print does not wait.
  check(`${name}/print painted at once`, await page.evaluate(async () => {
    window.dispatchEvent(new Event('beforeprint'));
    const canvas = document.querySelector('.chart canvas'); // drawn anew
    const at = canvas.toDataURL();
    await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
    return canvas.toDataURL() === at;
  }));
  const seen = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    theme: document.documentElement.dataset.theme,
    cut: [...document.querySelectorAll('.chart canvas')].filter((c) => { const r = c.getBoundingClientRect(); return r.right > 703 || r.width < 500; }).length,
    controls: [...document.querySelectorAll('.noprint, input')].filter((e) => e.getBoundingClientRect().height > 0).length,
    scrolled: [...document.querySelectorAll('.scroll')].filter((e) => e.scrollHeight > e.clientHeight + 1).length,
  }));
  check(`${name}/print width`, seen.wide <= 703, seen.wide);
  check(`${name}/print light`, seen.theme === 'light', seen.theme);
  check(`${name}/print charts`, seen.cut === 0, `${seen.cut} are cut`);
  check(`${name}/print controls`, seen.controls === 0, `${seen.controls} are left`);
  check(`${name}/print tables`, seen.scrolled === 0, `${seen.scrolled} are cut`);
  await page.close();
}

async function checkHostile() {
  const { database, page: path } = report('hostile', 'scenarios/three_nodes.scn');
  const harm = '<script>alert(1)</script><img src=x onerror=alert(2)>';
  const statements = [
    ['UPDATE node SET name = ?', harm],
    ['UPDATE run SET title = ?', harm],
    ['UPDATE node SET strategy = ?', harm],
    ["INSERT INTO fault(time_ns, kind, begins, text) VALUES(1000000000, 'crash', 1, ?)", `crash ${harm}`],
  ];
  execFileSync('python3', ['-c', [
    'import json, sqlite3, sys',
    'd = sqlite3.connect(sys.argv[1])',
    'for text, value in json.loads(sys.argv[2]): d.execute(text, (value,))',
    'd.commit()',
  ].join('\n'), database, JSON.stringify(statements)]);
  kettensim('report', database);
  const page = await open('hostile', path);
  check('hostile/title', (await page.locator('h1').innerText()) === harm);
  check('hostile/node', (await page.locator('#nodes-table tbody td').first().innerText()) === harm);
  check('hostile/strategy', (await page.locator('#attackers-table tbody td').nth(1).innerText()) === harm);
  await page.locator('#chart-revenue').hover();
  check('hostile/no markup', (await page.locator('main img, main script').count()) === 0);
  await page.locator('#chart-heights').hover();
  await page.locator('#chart-tree').hover();
  await page.close();
}

function sweep(...words) {
  const database = join(folder, 'sweep.db');
  kettensim('sweep', 'scenarios/sweeps/latency_split.scn', ...words, '-q', '-o', database);
  kettensim('report', database);
  return { database, page: join(folder, 'sweep.html') };
}

// Each table of the scenario: its title, a chart for each measure, and values of the database in it.
async function checkTables(page, database) {
  const tables = ask(database, 'SELECT id, title, (SELECT count(*) FROM result_param p WHERE p.result = t.id) AS axes FROM result_table t ORDER BY id');
  check('sweep/tables', tables.length === 2, tables.length);
  const ids = await page.evaluate(() => window.kettensim.chartIds());
  check('sweep/tables first', ids[0].startsWith('table-1-'), ids[0]);
  for (const one of tables) {
    check(`sweep/title ${one.id}`, (await page.locator(`#table-${one.id} h2`).innerText()) === one.title);
    for (const m of ask(database, `SELECT measure, stat, count(value) AS n, max(value) AS most, unit FROM result_value v JOIN measure m ON m.id = v.measure WHERE result = ${one.id} AND stat = 'mean' GROUP BY measure`)) {
      const id = `table-${one.id}-${m.measure}`;
      check(`sweep/chart ${id}`, ids.includes(id));
      const drawn = await page.evaluate((chart) => { const s = window.kettensim.chartOf(chart).getOption().series.find((one) => one.name === 'mean' || one.type === 'heatmap'); return { type: s.type, values: s.data.map((d) => d.value.at(-1)) }; }, id);
      check(`sweep/kind ${id}`, drawn.type === (one.axes === 1 ? 'line' : 'heatmap'), drawn.type);
      check(`sweep/values ${id}`, drawn.values.length === m.n && Math.abs(Math.max(...drawn.values) - (m.unit === 'ns' ? m.most / 1e9 : m.most)) < 1e-6, `${drawn.values}`);
    }
    for (const kind of ['bars', 'none', 'bands']) {
      await page.locator('#intervals').selectOption(kind);
      const seen = await page.evaluate((chart) => window.kettensim.chartIds().filter((id) => id.startsWith(chart)).map((id) => window.kettensim.chartOf(id).getOption().series).filter((s) => s[0].type !== 'heatmap').map((s) => s.filter((x) => x.type === 'custom').length), `table-${one.id}-`);
      check(`sweep/intervals ${kind} ${one.id}`, seen.every((n) => (kind === 'none' ? n === 0 : n > 0)), `${seen}`);
    }
    const band = await page.evaluate((chart) => window.kettensim.chartIds().filter((id) => id.startsWith(chart)).every((id) => { const s = window.kettensim.chartOf(id).getOption().series; return s[0].type === 'heatmap' || s.some((x) => x.type === 'custom' && x.data.length > 1); }), `table-${one.id}-`);
    check(`sweep/band ${one.id}`, band);
  }
}

// Heights of groups: what the chart has at moments, against the least, middle and greatest by SQL.
async function checkSpread(name, size) {
  const scenario = join(folder, `${name}.scn`);
  writeFileSync(scenario, ['scn 1 "groups"', 'duration 30m', 'chain spacing=30s', `nodes a[1..${size}]`, `nodes b[1..${size}]`, 'topology outbound k=3', 'at 5m partition {a[*]} | {b[*]} for 15m', ''].join('\n'));
  const { database, page: path } = report(name, scenario);
  const page = await open(name, path);
  const series = await page.evaluate(() => window.kettensim.chartOf('heights').getOption().series.map((s) => ({ type: s.type, name: s.name, data: s.data })));
  check(`${name}/groups`, series.filter((s) => s.type === 'line').map((s) => s.name).join() === 'side 1,side 2', series.map((s) => s.name).join());
  for (const [k, group] of ['a', 'b'].entries()) {
    for (const t of [299, 700, 1199, 1210, 1799]) {
      const [sql] = ask(database, `WITH at AS (SELECT n.id, coalesce((SELECT t.height FROM tip t WHERE t.node = n.id AND t.time_ns <= ${t}e9 ORDER BY t.seq DESC LIMIT 1), 0) AS h FROM node n WHERE n.name GLOB '${group}*'), ranked AS (SELECT h, row_number() OVER (ORDER BY h) AS k, count(*) OVER () AS n FROM at) SELECT min(h) AS low, max(h) AS high, (SELECT min(h) FROM ranked WHERE k * 2 >= n) AS middle FROM at`);
      const last = (type) => series.find((s) => s.type === type && s.name === `side ${k + 1}`).data.filter((d) => d[0] <= t).at(-1);
      const shown = [last('custom')[1], last('line')[1], last('custom')[2]];
      check(`${name}/${group} at ${t}`, shown.join() === [sql.low, sql.middle, sql.high].join(), `${shown} for ${JSON.stringify(sql)}`);
    }
  }
  check(`${name}/painted`, (await colours(page, 'heights')) > 4);
  await page.close();
}

// Three swept params, one of them logarithmic: what is no axis has a selector, with its unit.
async function checkSelectors() {
  const scenario = join(folder, 'three.scn');
  writeFileSync(scenario, ['scn 1 "three"', 'param p = 10ms', 'param q = 1m', 'param r = 2', 'sweep p = 10ms..1s log 4', 'sweep q = 1m, 90s', 'sweep r = 2, 3', 'seeds 1..2', 'duration 5m', 'chain spacing=5s', 'nodes n[1..4]', 'topology regular k=$r', 'link all latency=$p', 'measure tall = height(n1)', ''].join('\n'));
  const database = join(folder, 'three.db');
  kettensim('sweep', scenario, '-q', '-o', database);
  kettensim('report', database);
  const page = await open('three', join(folder, 'three.html'));
  const controls = () => page.locator('#controls-1 label').allInnerTexts().then((all) => all.map((text) => text.split(/\s/)[0]).join());
  const mean = (p, q, r) => ask(database, `SELECT mean FROM summary WHERE p = ${p} AND q = ${q} AND r = ${r}`)[0].mean;
  const drawn = () => page.evaluate(() => { const o = window.kettensim.chartOf('line-1').getOption(); return { axis: o.xAxis[0].type, names: o.series.filter((s) => s.type === 'line').map((s) => s.name), first: o.series[0].data[0].value[1] }; });
  const before = await drawn();
  check('three/controls', (await controls()) === 'across,lines,r', await controls());
  check('three/log axis', before.axis === 'log', before.axis);
  check('three/params as given', before.names.join() === 'q = 1m,q = 1m30s', before.names.join());
  check('three/first', before.first === mean(10e6, 60e9, 2), before.first);
  await page.locator('#controls-1 select').nth(2).selectOption('3');
  check('three/other r', (await drawn()).first === mean(10e6, 60e9, 3));
  await page.locator('#controls-1 select').nth(0).selectOption('r');
  check('three/controls follow', (await controls()) === 'across,lines,p', await controls());
  await page.locator('#controls-1 select').nth(2).selectOption('1s');
  const after = await drawn();
  check('three/other p', after.first === mean(1e9, 60e9, 2) && after.axis === 'value', JSON.stringify(after));
  await page.close();
}

async function checkSweep({ database, page: path }) {
  const page = await open('sweep', path);
  const measures = ask(database, 'SELECT DISTINCT measure AS id FROM statistic WHERE mean IS NOT NULL');
  await checkPainted('sweep', page, measures.flatMap((m) => [`line-${m.id}`, `heat-${m.id}`]));
  await checkTables(page, database);
  const [runs] = ask(database, "SELECT count(*) AS n, sum(status = 'held') AS held FROM run");
  check('sweep/runs', (await page.locator('#status').innerText()) === `${runs.held} of ${runs.n} runs held`);
  const line = await page.locator('#points-table tbody tr td:last-child').first().innerText();
  check('sweep/again', line.startsWith('kettensim run latency_split.scn -P '), line);
  await page.locator('#theme').click();
  await checkPainted('sweep/dark', page, []);
  await checkPictures('sweep', page);
  await page.close();
}

// The part of a report, with the tree zoomed to the first percents of the run.
async function picture(path, selector, name, percent) {
  const page = await open(name, path);
  if (percent) await page.evaluate((end) => window.kettensim.chartOf('tree').dispatchAction({ type: 'dataZoom', start: 0, end }), percent);
  mkdirSync('docs/gallery', { recursive: true });
  await page.locator(selector).screenshot({ path: `docs/gallery/${name}.png` });
  await page.close();
}

if (gallery) {
  const heal = report('partition_heal', 'scenarios/partition_heal.scn');
  await picture(heal.page, '#tree', 'partition-heal-tree');
  await picture(`${heal.page}#t=1100`, '#player', 'player-cut');
  await picture(`${heal.page}#t=1200.65`, '#player', 'player-heal');
  await picture(heal.page, '#heights', 'partition-heal-heights');
  await picture(heal.page, '#space-time', 'partition-heal-messages');
  await picture(report('race', 'scenarios/partition_heal.scn', '-P', 'latency=1s', '-P', 'split=1m').page, '#tree', 'fork-race');
  await picture(report('flapping', 'scenarios/forks/net_flapping.scn').page, '#agreement', 'flapping-bridge');
  await picture(report('load', 'scenarios/load.scn').page, '#mempool', 'load-mempool');
  await picture(report('double_spend', 'scenarios/adversaries/double_spend.scn').page, '#tree', 'double-spend-tree', 4);
  await picture(report('selfish', 'scenarios/adversaries/selfish.scn').page, '#adversaries', 'selfish-revenue');
  await picture(sweep('--seeds', '1..3', '-P', 'major=60%').page, 'section:has(#chart-heat-1)', 'sweep');
} else if (playerOnly) {
  await checkPlayer({ check, kettensim, attempt, ask, report, open, folder });
} else {
  await checkRun('partition_heal', report('partition_heal', 'scenarios/partition_heal.scn'));
  await checkRun('three_nodes', report('three_nodes', 'scenarios/three_nodes.scn'));
  await checkRun('load', report('load', 'scenarios/load.scn'));
  for (const one of ['selfish_steps', 'double_spend', 'double_spend_steps', 'double_spend_gives_up', 'pool']) await checkAdversaries(one, report(one, `scenarios/adversaries/${one}.scn`));
  await checkPlayer({ check, kettensim, attempt, ask, report, open, folder });
  await checkPrint('partition_heal', join(folder, 'partition_heal.html'));
  await checkHostile();
  await checkSweep(sweep('--seeds', '1..2'));
  await checkSpread('groups', 30);
  await checkSpread('crowds', 130);
  await checkSelectors();
  await checkPrint('sweep', join(folder, 'sweep.html'));
}
await browser.close();
console.log(`web: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 || (!gallery && passed === 0) ? 1 : 0);
