// Who edits what: sessions with their unsynced work, locks and conflicts.
import { fill, h } from '../dom.js';
import { ago, bytes, count, distance, percent, time, words } from '../format.js';
import { get } from '../api.js';
import { button, choice, field, worker } from '../parts/form.js';
import { heading, kept } from '../parts/frame.js';
import { progress } from '../parts/jobs.js';
import { pager } from '../parts/pager.js';
import { badge, table } from '../parts/table.js';
import { tiles } from '../parts/facts.js';
import { areBothKept, breakLock, cleanUpSessions, sync } from './sessions/actions.js';
import { resolve } from './sessions/conflict.js';
import { showSession } from './sessions/detail.js';

export const title = 'Sessions';

const states = ['preparing', 'active', 'syncing', 'conflict'];
const kinds = { active: 'good', preparing: 'info', syncing: 'info', conflict: 'bad' };
const every = 3_000;

export function show(main, query, signal) {
  const user = field('User', 'user_id', { 'data-search': true, 'aria-keyshortcuts': '/', value: query.get('user_id') ?? '' });
  const state = choice('State', 'state', [['', 'Any'], ...states.map(each => [each, each])], query.get('state') ?? '');
  const sums = h('dl', { class: 'tiles' });
  const pages = pager(() => load());
  const list = table({
    caption: 'Sessions',
    none: 'Nobody edits anything.',
    hint: 'A session appears here once a file is opened with POST /api/sessions.',
    key: session => session.session_id,
    columns: [
      { title: 'File', wide: true, cell: session => [button(session.file_path, () => showSession(session.session_id, load), 'link'), h('bdi', { class: 'path' }, session.nas_file_path)] },
      { title: 'User', cell: session => h('bdi', {}, session.user_id) },
      { title: 'State', cell: session => session.progress ? [session.progress.text, bar(session)] : areBothKept(session) ? badge('both kept', 'warn') : badge(words(session.state), kinds[session.state]) },
      { title: 'Work', cell: session => [`version ${count(session.version)}, ${bytes(session.size_bytes)} `, session.dirty ? badge('not on the origin yet', 'warn') : areBothKept(session) ? h('bdi', { class: 'path' }, session.conflict_copy) : badge('in sync', 'good')] },
      { title: 'Lock', cell: session => session.lock ? [badge('locked', 'info'), h('span', { class: 'muted', title: session.lock.expires_at }, ` ends ${distance(session.lock.expires_at)}`)] : 'none' },
      { title: 'Last used', cell: session => ago(session.last_accessed) },
      { title: 'Do', wide: true, cell: session => h('div', { class: 'actions' }, actions(session)) },
    ],
  });
  let seen = false;
  const area = h('div', {}, sums, list.element, pages.element);
  main.append(heading(title, button('Clean up…', () => cleanUpSessions(load))),
    h('form', { class: 'filters fields', role: 'search', 'aria-label': 'Sessions', on: { submit: event => { event.preventDefault(); again(); } } }, user.element, state.element, button('Show', again)),
    area);
  state.input.addEventListener('change', again);
  const load = kept(area, async () => {
    const [page, statistics] = await Promise.all([
      get('/api/sessions', { user_id: user.value.trim(), state: state.value, limit: 50, cursor: pages.cursor }, signal),
      get('/api/sessions/statistics', {}, signal)]);
    list.update(await Promise.all(page.sessions.map(withProgress)), seen);
    seen = true;
    pages.show(page.pagination, page.sessions.length);
    tiles(sums, [
      ['Sessions', count(statistics.total)],
      ['Unsynced', count(statistics.dirty), statistics.dirty > 0 ? 'warn' : ''],
      ['Unsynced since', statistics.oldest_dirty_since ? ago(statistics.oldest_dirty_since) : 'nothing waits'],
      ['Locked', count(statistics.locked)],
      ['Conflicts', count(statistics.by_state.conflict), statistics.by_state.conflict > 0 ? 'bad' : ''],
      ['Size', bytes(statistics.bytes)]]);
  }, every, signal);

  function again() {
    pages.first();
    load();
  }

  function actions(session) {
    if (session.state === 'conflict') return worker('Resolve…', () => resolve(session, load), 'danger');
    return [
      session.dirty && session.state === 'active' && worker('Write back', () => sync(session, load)),
      session.lock && worker('Break lock…', () => breakLock(session, load)),
    ];
  }
}

/** A session whose copy runs, with how far it is. */
async function withProgress(session) {
  if (!session.job_id || (session.state !== 'preparing' && session.state !== 'syncing')) return session;
  const job = await get(`/api/jobs/${encodeURIComponent(session.job_id)}`).catch(() => null);
  if (job?.state !== 'running') return session;
  return { ...session, progress: { text: session.state === 'preparing' ? 'Being copied' : 'Being written back', done: job.bytes_done, total: job.bytes_total } };
}

const bar = session => progress(`${session.progress.text}: ${session.file_path}`, session.progress.done, session.progress.total);
