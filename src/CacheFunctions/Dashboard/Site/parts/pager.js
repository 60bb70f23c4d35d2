// Pages by cursor: forward by the service's own, back by those that were passed.
import { fill, h } from '../dom.js';
import { count } from '../format.js';
import { button } from './form.js';

export function pager(change) {
  let passed = [];
  const element = h('nav', { class: 'pager', 'aria-label': 'Pages' });
  return { element, get cursor() { return passed.at(-1); }, get isFirst() { return passed.length === 0; }, first: () => { passed = []; }, show };

  /** @param total of all pages; undefined: unknown. */
  function show(pagination, shown, total) {
    const from = passed.length * pagination.limit;
    const previous = button('Previous', () => { passed.pop(); change(); });
    const next = button('Next', () => { passed.push(pagination.cursor); change(); });
    previous.disabled = passed.length === 0;
    next.disabled = !pagination.has_more;
    const text = shown === 0 ? 'none' : `${count(from + 1)} to ${count(from + shown)}${total === undefined ? '' : ` of ${count(total)}`}`;
    fill(element, h('span', { class: 'muted', role: 'status' }, text), previous, next);
    element.hidden = passed.length === 0 && !pagination.has_more && total === undefined;
  }
}
