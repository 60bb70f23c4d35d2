// A table that becomes cards where the page is narrow. Rows are kept by their key, so that what has the focus keeps it.
import { controls, fill, h } from '../dom.js';
import { empty } from './messages.js';

/**
 * @param columns {title, cell(row), sort?, wide?, end?}: `sort` is the service's word; `end` aligns figures.
 * @param key a row's identity.
 * @param sort {by, change(word)}: by which word rows are sorted, with - before it for descending.
 */
export function table({ caption, columns, key, sort, none = 'Nothing here.', hint }) {
  const rows = new Map();
  const head = h('tr', { role: 'row' });
  const body = h('tbody', { role: 'rowgroup' });
  const grid = h('table', { role: 'table' }, h('caption', { class: 'unseen' }, caption), h('thead', { role: 'rowgroup' }, head), body);
  const element = h('div', { class: 'table', 'aria-busy': 'true' }, h('p', { class: 'loading' }, 'Loading…'));
  heads();
  return { element, update, heads };

  function heads() {
    fill(head, columns.map(column => {
      const descending = sort?.by() === `-${column.sort}`;
      const sorted = column.sort && (descending || sort?.by() === column.sort);
      const turn = () => { sort.change(sorted && descending ? column.sort : sorted ? `-${column.sort}` : column.first ?? `-${column.sort}`); };
      const content = sort && column.sort
        ? h('button', { type: 'button', class: 'sort', on: { click: turn } }, column.title, h('span', { 'aria-hidden': 'true' }, sorted ? (descending ? ' ↓' : ' ↑') : ''))
        : column.title;
      return h('th', { role: 'columnheader', scope: 'col', class: column.end && 'end', 'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : null }, content);
    }));
  }

  /** @param marked whether rows that were not there before are marked as new. */
  function update(list, marked = false) {
    element.setAttribute('aria-busy', 'false');
    if (list.length === 0) {
      rows.clear();
      fill(body);
      return fill(element, empty(none, hint));
    }
    if (!grid.isConnected) fill(element, grid);
    const wanted = list.map(item => row(item, marked));
    const kept = new Set(wanted);
    for (const [name, each] of rows) {
      if (kept.has(each)) continue;
      each.element.remove();
      rows.delete(name);
    }
    // Only what stands elsewhere is moved: a moved element loses the focus.
    wanted.forEach((each, i) => { if (body.children[i] !== each.element) body.insertBefore(each.element, body.children[i] ?? null); });
    return element;
  }

  function row(item, marked) {
    const text = JSON.stringify(item);
    const name = key(item);
    let each = rows.get(name);
    if (!each) rows.set(name, each = { element: h('tr', { role: 'row', class: marked && 'fresh' }) });
    if (each.text === text) return each;
    const focused = controls(each.element).indexOf(document.activeElement);
    each.text = text;
    fill(each.element, columns.map(column => h('td', { role: 'cell', class: [column.end && 'end', column.wide && 'widest'].filter(Boolean).join(' ') || null, 'data-label': column.title }, h('div', {}, column.cell(item)))));
    if (focused >= 0) controls(each.element)[focused]?.focus();
    return each;
  }
}

/** A word with a colour; the word says it all. */
export const badge = (text, kind) => h('span', { class: `badge ${kind ?? ''}` }, text);
