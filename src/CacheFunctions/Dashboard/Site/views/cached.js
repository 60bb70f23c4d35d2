// The list of cached files, kept live.
import { h } from '../dom.js';
import { ago, bytes, count, counted, time, words } from '../format.js';
import { get } from '../api.js';
import { follow } from '../events.js';
import { heading, tabs } from '../parts/frame.js';
import { worker, button } from '../parts/form.js';
import { pager } from '../parts/pager.js';
import { problem, say } from '../parts/messages.js';
import { badge, table } from '../parts/table.js';
import { tiles } from '../parts/facts.js';
import { addFile } from './cached/add.js';
import { cleanUp } from './cached/cleanup.js';
import { showFile } from './cached/detail.js';
import { exportFiles } from './cached/export.js';
import { filters } from './cached/filters.js';

export const title = 'Cached files';

const kinds = { active: 'good', orphaned: 'warn', pending_removal: 'warn', removed: '' };
const gather = 400;

export function show(main, query, signal) {
  const sums = h('dl', { class: 'tiles' });
  const live = h('span', { class: 'live', role: 'status' });
  const asked = filters(query, () => { pages.first(); load(); });
  const pages = pager(() => load());
  const list = table({
    caption: 'Cached files',
    none: 'No cached file fits.',
    hint: 'Loosen the filters, or cache a file.',
    key: file => file.id,
    sort: { by: () => asked.sort, change: word => { asked.sort = word; list.heads(); pages.first(); load(); } },
    columns: [
      { title: 'File', sort: 'filename', first: 'filename', wide: true, cell: file => [
        button(file.filename, () => showFile(file.id, load), 'link'), file.pinned && [' ', badge('pinned')], h('bdi', { class: 'path' }, file.file_path)] },
      { title: 'Status', cell: file => badge(words(file.status), kinds[file.status]) },
      { title: 'Why', cell: file => words(file.triggered_by_operation) },
      { title: 'Users', cell: file => h('bdi', {}, people(file.users)) },
      { title: 'Size', sort: 'file_size_bytes', end: true, cell: file => file.file_size_readable },
      { title: 'Cached', sort: 'cached_at', cell: file => time(file.cached_at) },
      { title: 'Last used', sort: 'last_accessed', cell: file => ago(file.last_accessed) },
      { title: 'Uses', sort: 'access_count', end: true, cell: file => count(file.access_count) },
    ],
  });
  const area = h('div', {}, list.element, pages.element);
  main.append(
    heading(title,
      live,
      button('Cache a file…', () => addFile(load)),
      worker('Clean up…', () => cleanUp(load)),
      button('Export…', () => exportFiles(asked.query()))),
    tabs('cached'), sums, asked.element, area);

  let turn = 0;
  let timer;
  load();
  follow(hear, tell, signal);
  signal.addEventListener('abort', () => clearTimeout(timer));

  async function load(marked = false) {
    const mine = ++turn;
    list.element.setAttribute('aria-busy', 'true');
    try {
      const [page, statistics] = await Promise.all([
        get('/api/cached/files', { ...asked.query(), sort: asked.sort, limit: asked.limit, cursor: pages.cursor }, signal),
        get('/api/cached/statistics', {}, signal)]);
      // A later question's answer may have come first.
      if (mine !== turn) return;
      area.querySelector(':scope > .problem')?.remove();
      list.update(page.files, marked);
      pages.show(page.pagination, page.files.length, page.pagination.total_count);
      sum(statistics);
    } catch (error) {
      if (mine !== turn || error.name === 'AbortError') return;
      list.element.setAttribute('aria-busy', 'false');
      area.querySelector(':scope > .problem')?.remove();
      area.prepend(problem(error, () => load()));
    }
  }

  function sum(statistics) {
    tiles(sums, [
      ['Files', count(statistics.total_files)],
      ['Size', bytes(statistics.total_size_bytes)],
      ['Active', count(statistics.active_files)],
      ['Orphaned', count(statistics.orphaned_files), statistics.orphaned_files > 0 ? 'warn' : '']]);
  }

  // Events tell that something changed; the list is asked for again, so that filters, order and rights stay the service's.
  function hear(event) {
    if (event?.type === 'cache_statistics_updated') return sum(event.data);
    if (event?.data.file_path) say(`${event.data.action.replaceAll('_', ' ')}: ${event.data.file_path}`);
    // Not pushed back by what comes meanwhile: a flood must not keep the list from being shown.
    timer ??= setTimeout(() => { timer = undefined; load(true); }, gather);
  }

  function tell(state) {
    live.dataset.state = state;
    live.textContent = { live: 'Live', connecting: 'Connecting…', polling: 'Every 10 s' }[state];
  }
}

const people = users => users.length <= 3 ? users.join(', ') : `${users.slice(0, 2).join(', ')} and ${counted(users.length - 2, 'other')}`;
