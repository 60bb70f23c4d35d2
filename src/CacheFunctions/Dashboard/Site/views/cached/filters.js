// What of the list is wanted. It stands in the address too, so that it can be kept and sent.
import { h } from '../../dom.js';
import { sizeOf, words } from '../../format.js';
import { button, choice, field } from '../../parts/form.js';

export const triggers = ['watchlist', 'ondeck', 'trakt', 'manual', 'continue_watching', 'real_time_watch', 'active_watching'];
const states = ['active', 'orphaned', 'pending_removal', 'removed'];
const sorts = [
  ['-cached_at', 'Newest first'], ['cached_at', 'Oldest first'], ['-last_accessed', 'Used last'], ['last_accessed', 'Unused for longest'],
  ['-file_size_bytes', 'Largest first'], ['file_size_bytes', 'Smallest first'], ['-access_count', 'Used most'], ['access_count', 'Used least'],
  ['filename', 'Name, A to Z'], ['-filename', 'Name, Z to A']];
const typing = 300;
const roomy = matchMedia('(min-width: 64rem)');

/** @param change told when another list is wanted. */
export function filters(given, change) {
  const fields = [
    field('Search name and path', 'search', { type: 'search', 'data-search': true, 'aria-keyshortcuts': '/', placeholder: 'Press / to search' }),
    choice('Status', 'status', [['', 'All but removed'], ...states.map(state => [state, words(state)])]),
    choice('Why', 'triggered_by_operation', [['', 'Any'], ...triggers.map(trigger => [trigger, words(trigger)])]),
    field('User', 'user_id', { autocomplete: 'off' }),
    field('From size', 'size_min', { placeholder: '10 MB', inputmode: 'text' }),
    field('To size', 'size_max', { placeholder: '2 GB', inputmode: 'text' }),
    field('Cached since', 'cached_since', { type: 'datetime-local' }),
  ];
  const sort = choice('Order', 'sort', sorts, given.get('sort') ?? '-cached_at');
  const limit = choice('Rows', 'limit', ['25', '50', '100', '500'].map(rows => [rows, rows]), given.get('limit') ?? '50');
  for (const each of fields) each.value = given.get(each.name) ?? '';
  const more = h('details', { class: 'more', open: roomy.matches || fields.slice(1).some(each => each.value) }, h('summary', {}, 'Filters and order'),
    h('div', { class: 'fields' }, fields.slice(1).map(each => each.element), sort.element, limit.element, button('Clear', clear)));
  const element = h('form', { class: 'filters', role: 'search', 'aria-label': 'Cached files', on: { submit: event => event.preventDefault() } }, fields[0].element, more);
  let timer;
  for (const each of [...fields, sort, limit]) {
    each.input.addEventListener(each.input.tagName === 'SELECT' ? 'change' : 'input', () => {
      clearTimeout(timer);
      timer = setTimeout(changed, each.input.tagName === 'SELECT' ? 0 : typing);
    });
  }
  return { element, query, get limit() { return limit.value; }, get sort() { return sort.value; }, set sort(word) { sort.value = word; keep(); } };

  function query() {
    return Object.fromEntries(fields.map(each => [each.name, valueOf(each)]).filter(([, value]) => value));
  }

  function valueOf({ name, value }) {
    if (name === 'cached_since') return value && new Date(value).toISOString();
    return name.startsWith('size_') ? sizeOf(value)?.toString() : value.trim();
  }

  function changed() {
    for (const each of fields.filter(each => each.name.startsWith('size_'))) {
      each.input.setCustomValidity(Number.isNaN(sizeOf(each.value)) ? 'Write a size as 200, 10 MB or 1.5 GB.' : '');
    }
    if (!element.reportValidity()) return;
    keep();
    change();
  }

  function clear() {
    for (const each of fields) each.value = '';
    sort.value = '-cached_at';
    changed();
  }

  /** Puts it into the address without another step to go back through. */
  function keep() {
    const all = [...fields, sort, limit].filter(each => each.value && each.value !== { sort: '-cached_at', limit: '50' }[each.name]).map(each => [each.name, each.value]);
    history.replaceState(null, '', `#/cached${all.length ? `?${new URLSearchParams(all)}` : ''}`);
  }
}
