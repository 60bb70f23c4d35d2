// The log of cached files.
import { h } from '../dom.js';
import { get } from '../api.js';
import { button, choice, field } from '../parts/form.js';
import { heading, kept, tabs } from '../parts/frame.js';
import { logTable } from '../parts/log.js';
import { pager } from '../parts/pager.js';

export const title = 'History';

const types = ['file_cached', 'file_recorded', 'file_refreshed', 'file_removed', 'file_evicted', 'file_expired', 'file_orphaned', 'file_restored', 'file_pinned', 'file_unpinned', 'user_added', 'user_removed'];
const every = 10_000;

export function show(main, query, signal) {
  const type = choice('What', 'operation_type', [['', 'Everything'], ...types.map(each => [each, each.replaceAll('_', ' ')])], query.get('operation_type') ?? '');
  const user = field('By user', 'user_id', { 'data-search': true });
  const list = logTable('Operations of cached files, newest first', 'No such operation.');
  const pages = pager(() => load());
  const area = h('div', {}, list.element, pages.element);
  main.append(heading(title), tabs('cached/history'),
    h('form', { class: 'filters fields', 'aria-label': 'Operations', on: { submit: event => { event.preventDefault(); again(); } } }, type.element, user.element, button('Show', again)), area);
  type.input.addEventListener('change', again);
  const load = kept(area, async () => {
    const page = await get('/api/cached/operations', { operation_type: type.value, user_id: user.value.trim(), limit: 50, cursor: pages.cursor }, signal);
    list.update(page.operations);
    pages.show(page.pagination, page.operations.length);
  }, every, signal);

  function again() {
    pages.first();
    load();
  }
}
