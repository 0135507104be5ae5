// Tables that are sorted by a click on a heading and filtered by a word.
import { el } from './dom.js';

const ROWS_SHOWN = 500;

// columns: { name, of(row): the value to sort by, text(row): what the cell says, number: to the right, screen:
// not on paper, class(row) }. With a filterLabel the table has a field that filters.
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
