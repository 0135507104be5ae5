// The player of a report: driven as a reader drives it, and its numbers compared with the database.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = '#2a78d6'; // the colour of the best chain

// Every kind of cut, nodes that are down, and a check that fails.
const FAULTS = ['scn 1 "what the player shows"', 'param slow = 1m', 'duration 26m', 'chain spacing=10s', 'nodes a[1..3] region=eu', 'nodes b[1..3] region=us', 'topology mesh', 'link all latency=100ms loss=5%',
  'at 2m crash a2 for 2m', 'at 5m pause b1 for 1m', 'at 7m leave b2 for 1m', 'at 9m oneway a[*] -> b[*] for 1m', 'at 11m cut a1 b1 for 1m', 'at 13m partition isolate a3 for 2m',
  'at 16m partition ring for 1m', 'at 18m partition bridge via=a1 for 2m', 'at 21m partition random(2) for 2m', 'at 24m partition a[*] | b[*] style=slow by=1s for $slow', 'at 25m30s crash b3', 'at 25m expect height(a1) == 0', ''];
// Too many nodes to draw singly, and too many moves of tips to tell singly.
const LARGE = ['scn 1 "a large network"', 'duration 20m', 'chain spacing=10s', 'nodes a[1..120] region=eu', 'nodes b[1..80] region=us', 'nodes c[1..60] region=ap', 'topology regular k=6', 'link all latency=200ms',
  'at 5m partition a[*] | {b[*], c[*]} for 4m', 'at 10m crash c[1..3] for 2m', ''];
// A node that stays behind, and more links than are drawn.
const BEHIND = ['scn 1 "behind"', 'duration 40m', 'chain spacing=10s', 'nodes n[1..3]', 'topology mesh', 'link all latency=100ms', 'at 2m crash n3 for 37m', ''];
const MESH = ['scn 1 "many links"', 'duration 10s', 'nodes n[1..100]', 'topology mesh', 'link all latency=100ms', ''];

// When a height first had a second block.
const FIRST_FORK = 'SELECT min(t) AS t FROM (SELECT max(found_ns) AS t FROM (SELECT height, found_ns, row_number() OVER (PARTITION BY height ORDER BY found_ns) AS k FROM block) WHERE k <= 2 GROUP BY height HAVING count(*) = 2)';

// What the player shows, from the elements alone.
const seen = (page) => page.evaluate(() => ({
  t: document.getElementById('player-time').innerText,
  tips: [...document.querySelectorAll('#player-tips li[data-tip]')].map((li) => [Number(li.dataset.tip), Number(li.dataset.nodes), li.innerText]),
  units: [...document.querySelectorAll('#player-network .unit')].map((g) => ({ tip: Number(g.dataset.tip), branch: g.dataset.branch, behind: g.dataset.behind, state: g.dataset.state, fill: g.querySelector('circle:not(.strategy), path').getAttribute('fill'), stroke: g.querySelector('circle:not(.strategy), path').getAttribute('stroke'), place: g.getAttribute('transform') })),
  pies: [...document.querySelectorAll('#player-network .unit')].map((g) => [...g.querySelectorAll('[data-nodes]')].map((s) => [Number(s.dataset.branch), Number(s.dataset.nodes)])),
  labels: [...document.querySelectorAll('#player-network .unit text')].map((t) => t.textContent),
  strip: { bands: [...document.querySelectorAll('.marks .band')].map((b) => [Number(b.getAttribute('x')), Number(b.getAttribute('width'))]), lines: document.querySelectorAll('.marks .reorg').length, failures: document.querySelectorAll('.marks .failure').length },
  help: document.getElementById('player-help').innerText,
  open: (document.querySelector('.link:not(.cut)').getAttribute('d') || '').split('M').length - 1,
  cutPath: document.querySelector('.link.cut').getAttribute('d') || '',
  cut: (document.querySelector('.link.cut').getAttribute('d') || '').split('M').length - 1,
  dots: [...document.querySelectorAll('#player-network .message')].map((c) => [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))]),
  ways: document.querySelectorAll('#player-network .way').length,
  blocks: [...document.querySelectorAll('#player-tree [data-block]')].map((b) => [Number(b.dataset.block), b.getAttribute('stroke'), b.classList.contains('secret')]),
  on: [...document.querySelectorAll('#player-tree [data-on]')].map((b) => [Number(b.dataset.on), Number(b.textContent)]),
  faults: [...document.querySelectorAll('#player-faults li')].map((li) => li.innerText),
  messages: document.getElementById('player-messages').innerText,
  event: document.getElementById('player-event').innerText,
  unit: document.getElementById('player-unit-text').innerText,
  play: document.getElementById('player-play').innerText,
  hash: window.location.hash,
}));

// Does this come true within some seconds?
const comes = (page, what, value) => page.waitForFunction(what, value, { timeout: 10000 }).then(() => true, () => false);

const stamp = (ns) => {
  const ms = Math.floor(ns / 1e6);
  return `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}.${String(ms % 1000).padStart(3, '0')}`;
};
const sorted = (list) => JSON.stringify([...list].sort((a, b) => a[0] - b[0]));

export async function checkPlayer({ check, kettensim, attempt, ask, report, open, folder }) {
  const at = (page, t) => page.evaluate((ns) => window.kettensim.player.at(ns), t);
  const hashOf = (t) => `#t=${`${Math.floor(t / 1e9)}.${String(t % 1e9).padStart(9, '0')}`.replace(/\.?0+$/, '')}`;
  // A text of the scenario with the values of its params.
  const withValues = (database, text) => Object.entries(JSON.parse(ask(database, 'SELECT params FROM run')[0].params)).reduce((all, [name, value]) => all.replace(new RegExp(`\\$${name}\\b`, 'g'), value), text);
  // The strip above the slider: a band from the start of each fault that lasts to its end or the end of the run.
  function checkStrip(name, shown, database) {
    const spells = ask(database, 'SELECT f.time_ns AS a, coalesce(e.time_ns, r.end_ns) AS b, r.end_ns AS run FROM run r, fault f LEFT JOIN fault e ON e.seq = f.ends_seq WHERE f.begins AND coalesce(e.time_ns, r.end_ns) > f.time_ns ORDER BY f.seq');
    check(`${name}/bands of the strip`, spells.length > 0 && shown.strip.bands.length === spells.length && spells.every((s, i) => Math.abs(shown.strip.bands[i][0] - (1000 * s.a) / s.run) < 0.1 && Math.abs(shown.strip.bands[i][1] - (1000 * (s.b - s.a)) / s.run) < 0.2), JSON.stringify(shown.strip.bands));
    const [lines] = ask(database, 'SELECT count(DISTINCT time_ns) AS n FROM tip WHERE reorg_depth > 0');
    check(`${name}/lines of the strip`, shown.strip.lines === lines.n, `${shown.strip.lines}, not ${lines.n}`);
  }
  const tipsOf = (database, t) => ask(database, `SELECT n.id, n.name, b.id AS tip, b.active, b.height, substr(b.hash, 1, 8) AS hash FROM node n JOIN block b ON b.id = coalesce((SELECT block FROM tip WHERE node = n.id AND time_ns <= ${t} ORDER BY seq DESC LIMIT 1), 0) ORDER BY n.id`);

  // All that the player says of a moment of a network whose nodes it draws singly.
  async function checkMoment(name, page, database, t, { full = true } = {}) {
    await at(page, t);
    const shown = await seen(page);
    const tips = tipsOf(database, t);
    const on = new Map();
    for (const n of tips) on.set(n.tip, (on.get(n.tip) || 0) + 1);
    const at_ = `${name} at ${stamp(t)}`;
    check(`${at_}/time`, shown.t === stamp(t) && shown.hash === hashOf(t), `${shown.t} ${shown.hash}, not ${hashOf(t)}`);
    check(`${at_}/tip of each node`, shown.units.map((u) => u.tip).join() === tips.map((n) => n.tip).join(), shown.units.map((u) => u.tip).join());
    check(`${at_}/nodes on each tip`, sorted(shown.tips.map(([tip, n]) => [tip, n])) === sorted([...on].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8)), JSON.stringify(shown.tips));
    check(`${at_}/heights`, shown.tips.every(([tip, n, text]) => { const of = tips.find((x) => x.tip === tip); return text.startsWith(`${n} on ${of.height} ${of.hash}`); }), JSON.stringify(shown.tips));
    check(`${at_}/the best chain is blue`, shown.units.every((u, i) => (u.stroke === MAIN) === (tips[i].active === 1)), JSON.stringify(shown.units));
    const best = Math.max(...tips.filter((n) => n.active).map((n) => n.height));
    check(`${at_}/behind on the best chain`, shown.units.every((u, i) => !tips[i].active || (u.behind === 'true') === (tips[i].height < best)), JSON.stringify(shown.units));
    check(`${at_}/a colour a branch`, new Set(shown.units.map((u) => `${u.branch} ${u.stroke}`)).size === new Set(shown.units.map((u) => u.branch)).size);
    const colour = new Map(shown.blocks.map(([id, stroke]) => [id, stroke]));
    check(`${at_}/colours of the tree`, shown.units.every((u) => colour.get(u.tip) === u.stroke), JSON.stringify([...colour]));
    check(`${at_}/tree has the numbers`, sorted(shown.on) === sorted([...on]), JSON.stringify(shown.on));
    const [drawn] = ask(database, `SELECT count(*) AS n, max(height) AS top FROM block WHERE found_ns <= ${t} AND height >= (SELECT min(height) FROM block WHERE id IN (${shown.blocks.map(([id]) => id).join()}))`);
    const later = ask(database, `SELECT count(*) AS n FROM block WHERE found_ns > ${t} AND id IN (${shown.blocks.map(([id]) => id).join()})`)[0].n;
    check(`${at_}/blocks of the tree`, shown.blocks.length === drawn.n && later === 0, `${shown.blocks.length}, not ${drawn.n}; ${later} later`);
    const secret = ask(database, `SELECT block AS id FROM strategy s WHERE time_ns <= ${t} AND seq = (SELECT max(seq) FROM strategy z WHERE z.block = s.block AND time_ns <= ${t}) AND event <> 'released' ORDER BY block`).filter((s) => colour.has(s.id));
    check(`${at_}/withheld`, sorted(shown.blocks.filter((b) => b[2]).map(([id]) => [id])) === sorted(secret.map((s) => [s.id])), `${secret.length}`);
    const faults = ask(database, `SELECT f.text, f.time_ns FROM fault f LEFT JOIN fault e ON e.seq = f.ends_seq WHERE f.begins AND f.kind <> 'churn-leave' AND f.time_ns <= ${t} AND (e.time_ns IS NULL OR e.time_ns > ${t}) ORDER BY f.seq LIMIT 5`);
    check(`${at_}/faults`, shown.faults.join('\n') === (faults.length ? faults.map((f) => `${withValues(database, f.text)} (since ${stamp(f.time_ns)})`).join('\n') : 'none'), shown.faults.join('; '));
    const down = ask(database, `SELECT x.node FROM fault f JOIN fault_node x ON x.fault = f.seq LEFT JOIN fault e ON e.seq = coalesce(x.ends_seq, f.ends_seq) WHERE f.begins AND f.kind IN ('crash', 'pause', 'leave', 'churn-leave') AND f.time_ns <= ${t} AND (e.time_ns IS NULL OR e.time_ns > ${t}) GROUP BY 1 ORDER BY 1`);
    check(`${at_}/down`, shown.units.map((u, i) => (u.state === 'up' ? null : i)).filter((i) => i !== null).join() === down.map((d) => d.node).join() && shown.units.every((u) => (u.state === 'up') !== (u.fill === 'var(--card)')), JSON.stringify(shown.units.map((u) => u.state)));
    if (full) {
      const [flying] = ask(database, `SELECT count(*) AS n FROM message WHERE sent_ns <= ${t} AND due_ns > ${t}`);
      const [known] = ask(database, `SELECT count(*) AS n FROM message, (SELECT ${await page.evaluate(() => { const table = JSON.parse(document.getElementById('data').textContent).counts; return table.rows[0][table.columns.indexOf('from_ns')]; })} AS from_ns) WHERE sent_ns <= ${t} AND due_ns > ${t} AND sent_ns >= from_ns`);
      if (flying.n === known.n && shown.messages.includes(' in flight')) check(`${at_}/in flight`, shown.messages.startsWith(`${flying.n} in flight. `), `${shown.messages}, not ${flying.n}`);
    }
    return shown;
  }

  // --- a partition: play, step, fragment, keys ---

  const { database, page: path } = report('player', 'scenarios/partition_heal.scn');
  const page = await open('player', path);
  const key = async (...keys) => { await page.locator('.player').focus(); for (const one of keys) await page.keyboard.press(one); };
  const [reorg] = ask(database, 'SELECT time_ns, node, block, old_block, reorg_depth FROM tip WHERE reorg_depth > 1 ORDER BY seq LIMIT 1');
  const [firstReorg] = ask(database, 'SELECT time_ns, n.name FROM tip t JOIN node n ON n.id = t.node WHERE reorg_depth > 0 ORDER BY seq LIMIT 1');
  checkStrip('player', await seen(page), database);
  check('player/the strip and the address are explained', /bands are faults, thin lines reorganisations\..*#t=/.test((await seen(page)).help), (await seen(page)).help);
  const [from, to] = [reorg.time_ns - 2e9, reorg.time_ns + 2e9].map(stamp);
  check('player/messages of the page', (await seen(page)).messages.includes(`It has all that were sent from ${from} to ${to}.`), (await seen(page)).messages);
  check('player/look at is explained', (await seen(page)).unit.startsWith('Choose a node'), (await seen(page)).unit);
  const bands = await page.evaluate(() => ['tree', 'heights', 'agreement', 'reorgs', 'per-block'].map((id) => window.kettensim.chartOf(id).getOption().series.flatMap((s) => (s.markArea ? s.markArea.data.map((d) => d[0].name) : []))[0]));
  check('player/bands have the values of params', bands.every((text) => text === 'partition {a[*]} | {b[*]} for 10m name=cut'), bands.join('; '));
  check('player/starts at 0', (await seen(page)).t === '0:00.000' && (await seen(page)).hash === '');
  const [fork] = ask(database, FIRST_FORK);
  for (const t of [0, fork.t - 1, fork.t, 599e9, 600e9, 600.2e9, 1100e9, reorg.time_ns - 1, reorg.time_ns, reorg.time_ns + 55e6, 1860e9]) await checkMoment('player', page, database, t);

  // The numbers of kettensim show, which reconstructs a moment by other means.
  for (const t of [600.2e9, reorg.time_ns]) {
    await at(page, t);
    const told = JSON.parse(kettensim('show', database, '--at', `${t}ns`, '--json'));
    for (const [i, node] of told.nodes.entries()) {
      await page.locator('#player-unit').selectOption(String(i));
      const held = told.mempools.filter((m) => m.node === node.name).length;
      const text = (await seen(page)).unit;
      check(`player at ${stamp(t)}/${node.name} as in show`, text.includes(`height ${node.height}, tip ${node.height} ${node.tip.slice(0, 8)}`) && text.includes(`${held} in its mempool`), `${text}; ${held} held`);
    }
  }
  await page.locator('#player-unit').selectOption('');

  // Events: their numbers, and steps to each kind.
  const options = await page.locator('#player-stop option').allInnerTexts();
  const [number] = ask(database, "SELECT (SELECT count(*) FROM fork) AS forks, (SELECT count(DISTINCT time_ns) FROM tip WHERE reorg_depth > 0) AS reorgs, (SELECT count(*) FROM fault WHERE begins) AS faults, (SELECT count(*) FROM fault WHERE ends_seq IS NOT NULL) AS heals");
  const all = Object.values(number).reduce((sum, n) => sum + n, 0);
  check('player/numbers of events', options.join() === [`all (${all})`, ...Object.entries(number).map(([kind, n]) => `${kind} (${n})`)].join(), options.join());
  await page.locator('#player-stop').selectOption('reorg');
  await at(page, 0);
  await page.locator('#player-after').click();
  const stepped = await seen(page);
  check('player/step to the first reorg', stepped.t === stamp(firstReorg.time_ns) && stepped.event.includes(`reorg: ${firstReorg.name} takes out`), `${stepped.t} ${stepped.event}`);
  await at(page, reorg.time_ns - 1);
  const before = (await seen(page)).units[reorg.node];
  await page.locator('#player-after').click();
  const reorganised = await seen(page);
  const after = reorganised.units[reorg.node];
  check('player/a reorg changes the colour', before.stroke !== after.stroke && before.tip === reorg.old_block && after.tip === tipsOf(database, reorg.time_ns)[reorg.node].tip && after.stroke === MAIN, JSON.stringify([before, after]));
  check('player/what happened', reorganised.event.startsWith(`${stamp(reorg.time_ns)} reorg: `) && reorganised.event.includes(`takes out ${reorg.reorg_depth} blocks`), reorganised.event);
  await page.locator('#player-before').click();
  const [earlier] = ask(database, `SELECT max(time_ns) AS t FROM tip WHERE reorg_depth > 0 AND time_ns < ${reorg.time_ns}`);
  check('player/step back', (await seen(page)).hash === hashOf(earlier.t), (await seen(page)).hash);
  for (const [kind, sql] of [['fault', 'SELECT min(time_ns) AS t FROM fault WHERE begins'], ['heal', 'SELECT min(e.time_ns) AS t FROM fault f JOIN fault e ON e.seq = f.ends_seq'], ['fork', FIRST_FORK]]) {
    await page.locator('#player-stop').selectOption(kind);
    await at(page, 0);
    await page.locator('#player-after').click();
    const [want] = ask(database, sql);
    check(`player/first ${kind}`, (await seen(page)).hash === hashOf(want.t), `${(await seen(page)).hash}, not ${hashOf(want.t)}`);
  }
  await page.locator('#player-stop').selectOption('all');

  // Cut links are broken while the cut is in force.
  for (const [t, cut] of [[599e9, 0], [600e9, 25], [1199e9, 25], [1200e9, 0]]) {
    await at(page, t);
    const shown = await seen(page);
    check(`player/cut links at ${stamp(t)}`, shown.cut === cut && shown.open === 45 - cut, `${shown.cut} and ${shown.open}`);
  }

  // The fragment: after a reload, in another page, typed by hand, and nonsense.
  await at(page, reorg.time_ns);
  const here = await seen(page);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  const again = await seen(page);
  check('player/fragment after a reload', JSON.stringify(again) === JSON.stringify(here), `${again.t} ${again.hash}`);
  const other = await open('player/other', `${path}${here.hash}`);
  check('player/fragment elsewhere', JSON.stringify((await seen(other)).units) === JSON.stringify(here.units));
  check('player/fragment scrolls there', await comes(other, () => Math.abs(document.getElementById('player').getBoundingClientRect().top) < 5));
  for (const [hash, want] of [['#t=60', '1:00.000'], ['#t=61.5', '1:01.500'], ['#t=abc', '1:01.500'], ['#tree', '1:01.500'], ['#t=99999999', '31:00.000'], ['#x=1&t=2.25', '0:02.250'], ['#t=1.5e2', '0:02.250']]) {
    await other.evaluate((to) => { window.location.hash = to; }, hash);
    await comes(other, (time) => document.getElementById('player-time').innerText === time, want);
    check(`player/fragment ${hash}`, (await seen(other)).t === want, (await seen(other)).t);
  }
  await other.close();

  // Play and pause, at the speed that is chosen.
  const seconds = () => page.evaluate(() => window.kettensim.player.moment().t / 1e9);
  await at(page, 0);
  await page.locator('#player-speed').selectOption('10');
  await page.locator('#player-play').click();
  check('player/plays', (await seen(page)).play === 'Pause');
  const begun = [await seconds(), Date.now()];
  await page.waitForTimeout(1500);
  const played = ((await seconds()) - begun[0]) / ((Date.now() - begun[1]) / 1000);
  check('player/speed', played > 2 && played < 12, `${played.toFixed(1)}×`);
  await page.locator('#player-play').click();
  const paused = await seen(page);
  await page.waitForTimeout(300);
  check('player/pauses', paused.play === 'Play' && (await seen(page)).t === paused.t && paused.t !== '0:00.000', paused.t);
  check('player/address after playing', paused.hash === `#t=${await seconds()}`, `${paused.hash}, at ${await seconds()}`);
  await at(page, 1859.9e9);
  await page.locator('#player-play').click();
  await comes(page, () => document.getElementById('player-play').innerText === 'Play');
  check('player/stops at the end', (await seen(page)).t === '31:00.000' && (await seen(page)).hash === '#t=1860', (await seen(page)).hash);

  // Dots of messages, of all kinds and of one.
  const middle = reorg.time_ns + 55e6;
  await at(page, middle);
  const dots = ask(database, `SELECT kind, count(*) AS n FROM message WHERE sent_ns <= ${middle} AND due_ns > ${middle} GROUP BY kind ORDER BY n DESC`);
  const total = dots.reduce((sum, d) => sum + d.n, 0);
  check('player/a dot a message', total > 3 && (await seen(page)).dots.length === total, `${(await seen(page)).dots.length} of ${total}`);
  await page.locator('#player-kind').selectOption(dots[0].kind);
  const one = await seen(page);
  check('player/dots of one kind', one.dots.length === dots[0].n && one.messages.startsWith(`${dots[0].n} in flight`), `${one.dots.length} of ${dots[0].n}`);
  await page.locator('#player-kind').selectOption('none');
  check('player/no dots', (await seen(page)).dots.length === 0);
  await page.locator('#player-kind').selectOption('all');
  const [flight] = ask(database, `SELECT src, dst, sent_ns, due_ns FROM message WHERE fate = 'delivered' AND sent_ns > ${middle} AND due_ns - sent_ns > 20000000 AND (SELECT count(*) FROM message o WHERE o.sent_ns <= message.due_ns AND o.due_ns > message.sent_ns) < 60 ORDER BY sent_ns LIMIT 1`);
  const placeOf = (shown, unit) => shown.units[unit].place.match(/[\d.]+/g).map(Number);
  const near = (shown, [x, y]) => Math.min(...shown.dots.map(([dx, dy]) => Math.hypot(dx - x, dy - y)));
  await at(page, flight.sent_ns + 1e5);
  const left = await seen(page);
  check('player/a dot leaves its sender', near(left, placeOf(left, flight.src)) < 15, near(left, placeOf(left, flight.src)));
  await at(page, flight.due_ns - 1e5);
  const there = await seen(page);
  check('player/a dot reaches its receiver', near(there, placeOf(there, flight.dst)) < 15, near(there, placeOf(there, flight.dst)));
  await page.locator('#player-watch').click();
  await page.waitForTimeout(400);
  const watched = [(await seen(page)).play, await seconds()];
  await page.locator('#player-play').click();
  check('player/watch messages', watched[0] === 'Pause' && watched[1] > reorg.time_ns / 1e9 - 2 && watched[1] < reorg.time_ns / 1e9 - 1, watched.join());
  await at(page, middle);
  await page.locator('#player-speed').selectOption('0.01');
  await page.locator('#player-play').click();
  const moving = await seen(page);
  await page.waitForTimeout(300);
  check('player/dots move', JSON.stringify((await seen(page)).dots) !== JSON.stringify(moving.dots));
  await page.locator('#player-play').click();

  // Keys.
  await key('Home');
  check('player/Home', (await seen(page)).t === '0:00.000');
  await key('End');
  check('player/End', (await seen(page)).t === '31:00.000');
  await key('Home', 'ArrowRight');
  const [firstEvent] = [await page.evaluate(() => window.kettensim.player.events[0].t)];
  check('player/→', (await seen(page)).hash === hashOf(firstEvent), (await seen(page)).hash);
  await key('ArrowRight', 'ArrowLeft');
  check('player/←', (await seen(page)).hash === hashOf(firstEvent));
  await key('Shift+ArrowRight');
  check('player/Shift →', Math.abs((await seconds()) - firstEvent / 1e9 - 1860 / 500) < 0.001);
  await key(' ');
  check('player/space plays', (await seen(page)).play === 'Pause');
  await key(' ');
  check('player/space pauses', (await seen(page)).play === 'Play');
  await page.locator('#player-slider').focus();
  const slid = await seconds();
  await page.keyboard.press('ArrowRight');
  check('player/slider by key', Math.abs((await seconds()) - slid - 1860 / 500) < 0.001);
  check('player/slider says the time', (await page.locator('#player-slider').getAttribute('aria-valuetext')) === (await seen(page)).t);
  await page.locator('#player-slider').fill('300000000000');
  check('player/slider by hand', (await seen(page)).t === '5:00.000');
  await page.locator('#player-play').focus();
  check('player/focus is seen', (await page.locator('.player').evaluate((e) => { e.focus(); return getComputedStyle(e).outlineStyle; })) === 'solid');
  await page.locator('#player-kind').focus();
  await page.keyboard.press('End');
  check('player/keys of a select are its own', (await seen(page)).t === '5:00.000');
  await page.locator('#player-kind').selectOption('all');

  // By the pointer: what a node is, and a block's life.
  await at(page, 1100e9);
  await page.locator('#player-network .unit').nth(8).hover();
  const [b4] = tipsOf(database, 1100e9).filter((n) => n.id === 8);
  check('player/a node by the pointer', (await page.locator('.tip').innerText()).startsWith(`${b4.name}\nheight ${b4.height}, tip ${b4.height} ${b4.hash}`), await page.locator('.tip').innerText());
  await page.locator(`#player-tree [data-block="${b4.tip}"]`).click();
  check('player/a block by the pointer', (await page.locator('#life').innerText()).includes(b4.hash));

  // Dark, and on paper.
  const ink = () => page.evaluate(() => getComputedStyle(document.querySelector('#player-network text')).fill);
  const light = await ink();
  await page.locator('#theme').click();
  check('player/dark', (await ink()) !== light && (await seen(page)).units[0].stroke === MAIN);
  const onPaper = async () => { await page.emulateMedia({ media: 'print' }); const tall = await page.evaluate(() => document.getElementById('player').getBoundingClientRect().height); await page.emulateMedia({ media: 'screen' }); return tall; };
  check('player/on paper', (await onPaper()) > 200);
  await key('Home');
  check('player/not on paper at 0', (await onPaper()) === 0);
  await page.close();

  // --- reduced motion ---

  const still = await open('player/still', `${path}${hashOf(1199e9)}`, 'light', 'reduce');
  check('player/still says so', (await still.locator('#player-reduced').count()) === 1);
  await still.locator('#player-stop').selectOption('reorg');
  await still.locator('#player-play').click();
  const steps = new Set(ask(database, 'SELECT DISTINCT time_ns AS t FROM tip WHERE reorg_depth > 0').map((r) => hashOf(r.t)));
  const where = [];
  for (let i = 0; i < 14; i++) {
    where.push(await seen(still));
    await still.waitForTimeout(250);
  }
  const hashes = [...new Set(where.map((s) => s.hash))];
  check('player/still goes from event to event', hashes.length >= 2 && hashes.length <= 8 && hashes.every((h) => steps.has(h)), hashes.join());
  check('player/still has no dots', where.every((s) => s.dots.length === 0));
  await still.locator('#player-play').click();
  await at(still, reorg.time_ns + 55e6);
  check('player/still draws messages as lines', (await seen(still)).ways === total, (await seen(still)).ways);
  await still.close();

  // --- every cut, nodes that are down, a failure; consensus and summary ---

  const scenario = join(folder, 'faults.scn');
  writeFileSync(scenario, FAULTS.join('\n'));
  const faulty = join(folder, 'faults.db');
  attempt('run', scenario, '--trace', 'consensus', '-q', '-o', faulty);
  kettensim('report', faulty);
  const cuts = await open('faults', join(folder, 'faults.html'));
  // links, half of which each way is cut, by pairs of nodes (a1 a2 a3 b1 b2 b3 are 0 to 5)
  const side = new Map(ask(faulty, "SELECT node, side FROM fault_node x JOIN fault f ON f.seq = x.fault WHERE f.text LIKE '%random%' AND side IS NOT NULL").map((s) => [s.node, s.side]));
  const apart = [...side].flatMap(([a, x]) => [...side].filter(([b, y]) => a < b && x !== y)).length;
  for (const [minute, cut, closed, what] of [[1, 0, 0, 'nothing'], [3, 0, 0, 'a crash'], [9.5, 9, -9, 'oneway'], [11.5, 1, 0, 'cut'], [13.5, 5, 0, 'isolate'], [16.5, 9, 0, 'ring'], [18.5, 6, 0, 'bridge'], [21.5, apart, 0, 'random'], [24.5, 0, 0, 'slow']]) {
    const t = minute * 60e9;
    const shown = await checkMoment('faults', cuts, faulty, t, { full: false });
    if (what !== 'a crash') check(`faults/links cut by ${what}`, shown.cut === cut && shown.open === 15 - cut - closed, `${shown.cut} cut and ${shown.open} open`);
    // The half at the sender is broken: that of a1, a2 or a3.
    const senders = shown.units.slice(0, 3).map((u) => u.place.match(/[\d.]+/g).join(' '));
    if (what === 'oneway') check('faults/the half of the sender', shown.cutPath.split('M').slice(1).every((line) => line.split('L').some((place) => senders.includes(place))), shown.cutPath);
  }
  for (const [minute, node, state] of [[3, 1, 'down'], [5.5, 3, 'paused'], [7.5, 4, 'away']]) {
    const shown = await checkMoment('faults', cuts, faulty, minute * 60e9, { full: false });
    check(`faults/${state}`, shown.units[node].state === state, shown.units[node].state);
  }
  const groups = await cuts.locator('.hullname').allTextContents();
  check('faults/clusters', groups.join('|') === 'eu, side 1|eu, side 2|us, side 2', groups.join('|'));
  const hint = await cuts.locator('#player > p').first().innerText();
  check('faults/marks are explained', hint.includes('Cross: down or away. Bars: paused. Half a broken line') && !hint.includes('Ring'), hint);
  checkStrip('faults', await seen(cuts), faulty);
  check('faults/a failure in the strip', (await seen(cuts)).strip.failures === 1 && (await seen(cuts)).help.includes('the thick line is the first failure'), (await seen(cuts)).help);
  await cuts.locator('#player-stop').selectOption('failure');
  await at(cuts, 0);
  await cuts.locator('#player-after').click();
  const failure = await seen(cuts);
  check('faults/first failure', failure.hash === '#t=1500' && failure.event.includes(`first failure: line ${FAULTS.length - 1}: expect height(a1) == 0`), failure.event);
  check('faults/consensus says what is missing', failure.messages.includes('run with --trace full') && (await cuts.locator('#player-kind').count()) === 0, failure.messages);
  await cuts.close();
  attempt('run', scenario, '--trace', 'summary', '-q', '-o', faulty);
  kettensim('report', faulty);
  const summary = await open('summary', join(folder, 'faults.html'));
  check('summary/says what is missing', (await summary.locator('#player').innerText()).includes('run with --trace consensus') && (await summary.locator('#player svg').count()) === 0);
  await summary.close();

  // --- blocks that are withheld ---

  const secret = report('withheld', 'scenarios/adversaries/selfish_steps.scn');
  const selfish = await open('withheld', secret.page);
  const turns = ask(secret.database, 'SELECT DISTINCT time_ns AS t FROM strategy ORDER BY 1 LIMIT 6');
  for (const { t } of turns) await checkMoment('withheld', selfish, secret.database, t);
  check('withheld/strategies are marked', (await selfish.locator('#player-network .strategy').count()) === ask(secret.database, 'SELECT count(*) AS n FROM node WHERE strategy IS NOT NULL')[0].n);
  await selfish.close();

  // --- a large network ---

  writeFileSync(join(folder, 'large.scn'), LARGE.join('\n'));
  const large = join(folder, 'large.db');
  kettensim('run', join(folder, 'large.scn'), '--trace', 'full', '-q', '-o', large);
  kettensim('report', large);
  const big = await open('large', join(folder, 'large.html'));
  const [fine] = await big.evaluate(() => { const table = JSON.parse(document.getElementById('data').textContent).player; return [Object.fromEntries(table.columns.map((name, i) => [name, table.rows[0][i]]))]; });
  check('large/steps', fine.single === 0 && fine.step_ns > 0 && (await big.locator('.leftout').allInnerTexts()).join().includes(`in steps of ${fine.step_ns / 1e9} s`), JSON.stringify(fine));
  for (const t of [0, 120e9 + 1, fine.fine_ns + 130e6, fine.fine_ns + 2e9, 301e9, 500e9, 539e9, 541e9, 1200e9]) {
    await at(big, t);
    const shown = await seen(big);
    const now = Number((await big.evaluate(() => window.kettensim.player.moment().t)));
    check(`large at ${stamp(t)}/moves by steps`, now >= t && now - t <= fine.step_ns, now);
    const tips = ask(large, `WITH side AS (SELECT node, side FROM fault_node WHERE fault = 1), now AS (SELECT node, block, max(seq) FROM tip WHERE time_ns <= ${now} GROUP BY node) SELECT n.region || ', side ' || s.side AS name, coalesce(w.block, 0) AS tip, b.active, count(*) AS n FROM node n JOIN side s ON s.node = n.id LEFT JOIN now w ON w.node = n.id JOIN block b ON b.id = coalesce(w.block, 0) GROUP BY 1, 2 ORDER BY 1, 2`);
    const names = [...new Set(tips.map((x) => x.name))];
    check(`large at ${stamp(t)}/groups`, shown.labels.join('|') === names.map((n) => `${n} · ${tips.filter((x) => x.name === n).reduce((sum, x) => sum + x.n, 0)}`).join('|'), shown.labels.join('|'));
    const main = (i) => shown.pies[i].filter(([branch]) => branch === 0).reduce((sum, [, n]) => sum + n, 0);
    check(`large at ${stamp(t)}/shares`, names.every((n, i) => main(i) === tips.filter((x) => x.name === n && x.active).reduce((sum, x) => sum + x.n, 0)), JSON.stringify(shown.pies));
    const on = new Map();
    for (const x of tips) on.set(x.tip, (on.get(x.tip) || 0) + x.n);
    check(`large at ${stamp(t)}/nodes on each tip`, sorted(shown.tips.map(([tip, n]) => [tip, n])) === sorted([...on].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8)), JSON.stringify(shown.tips));
    check(`large at ${stamp(t)}/cut`, shown.cut === (t >= 300e9 && now < 540e9 ? 2 : 0), shown.cut);
  }
  await at(big, 660e9);
  check('large/nodes that are down', (await seen(big)).labels.includes('ap, side 2 · 60 · 3 down'), (await seen(big)).labels.join('|'));
  await big.close();

  // --- what is left out ---

  for (const [name, lines] of [['behind', BEHIND], ['mesh', MESH]]) {
    const file = join(folder, `${name}.scn`);
    writeFileSync(file, lines.join('\n'));
    const left = report(name, file);
    const shown = await open(name, left.page);
    const words = (await shown.locator('.leftout').allInnerTexts()).join();
    if (name === 'mesh') check('mesh/links that are drawn', words.includes('2,475 of 4,950 links are drawn.') && (await seen(shown)).open === 2475, words);
    else {
      await at(shown, 2000e9);
      const [top] = ask(left.database, 'SELECT max(height) AS h FROM block WHERE found_ns <= 2000e9');
      const [low] = ask(left.database, 'SELECT height AS h FROM tip WHERE node = 2 AND time_ns <= 2000e9 ORDER BY seq DESC LIMIT 1');
      const note = await shown.locator('#player-tree text.height').last().textContent();
      check('behind/tips below', top.h - low.h > 64 && note.endsWith(`1 node on tips below ${top.h - 63}`), note);
      check('behind/nothing is left out', words === '', words);
    }
    await shown.close();
  }
}
