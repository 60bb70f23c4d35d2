// One session: what is known of it, its versions, and what has happened to it.
import { fill, h } from '../../dom.js';
import { ago, bytes, count, time, words } from '../../format.js';
import { download, get, post } from '../../api.js';
import { open } from '../../parts/dialog.js';
import { facts } from '../../parts/facts.js';
import { worker } from '../../parts/form.js';
import { historyList } from '../../parts/log.js';
import { done, problem, report } from '../../parts/messages.js';
import { badge } from '../../parts/table.js';
import { breakLock, end, fenced, pathOf, sync } from './actions.js';
import { resolve } from './conflict.js';

export async function showSession(id, changed) {
  const path = pathOf({ session_id: id });
  const body = h('div', {}, h('p', { class: 'loading' }, 'Loading…'));
  const dialog = open({ title: 'Session', body, wide: true });
  await load();

  async function load() {
    if (!dialog.element.open) return;
    try {
      const [session, versions, log] = await Promise.all([
        get(path), get(`${path}/versions`, { limit: 20 }), get('/api/sessions/operations', { session_id: id, limit: 50 })]);
      fill(dialog.element.querySelector('h2'), session.file_path);
      fill(body, described(session), actions(session), h('h3', {}, 'Versions'), history(session, versions.versions), h('h3', {}, 'History'), historyList(log.operations));
    } catch (error) {
      // An ended session is gone.
      if (error.status === 404) dialog.element.close();
      else fill(body, problem(error, load));
    }
  }

  async function refreshed() {
    changed();
    await load();
  }

  function actions(session) {
    return h('div', { class: 'actions' },
      session.state === 'conflict' && worker('Resolve…', () => resolve(session, refreshed), 'danger'),
      session.dirty && session.state === 'active' && worker('Write back', () => sync(session, refreshed)),
      session.lock && worker('Break lock…', () => breakLock(session, refreshed)),
      worker('End…', async () => { if (await end(session, changed)) dialog.element.close(); }, 'danger'));
  }

  function history(session, versions) {
    return h('ol', { class: 'history' }, versions.map(each => h('li', {},
      `version ${count(each.version)}, ${bytes(each.size_bytes)}, `, time(each.created_at), each.current && [' ', badge('newest', 'info')], each.synced && [' ', each.current ? badge('on the origin', 'good') : badge('was on the origin')], ' ',
      worker('Download', () => download(`${path}/content`, { version: each.version }).then(name => done(`Downloaded: ${name}`), report), 'link'),
      !each.current && [' ', worker('Restore', () => restore(session, each.version), 'link')])));
  }

  async function restore(session, version) {
    try {
      const saved = await post(`${path}/versions/${version}/restore`, undefined, fenced(session));
      done(saved.message ?? `Version ${version} is the newest again.`);
    } catch (error) {
      report(error);
    }
    await refreshed();
  }
}

const described = session => facts([
  ['User', h('bdi', {}, session.user_id)],
  ['On the origin', h('bdi', {}, session.nas_file_path)],
  ['State', [words(session.state), ' ', session.dirty && badge('not on the origin yet', 'warn')]],
  ['Size', `${bytes(session.size_bytes)}, ${session.content_type}`],
  ['Lock', session.lock ? ['until ', time(session.lock.expires_at), `, fence ${count(session.lock.fence)}`] : 'none'],
  ['Opened', time(session.created_at)],
  ['Last used', ago(session.last_accessed)],
  ['Ends if unused', ago(session.expires_at)],
  ['Written back', time(session.last_synced_at)],
  ['Conflict copy', session.conflict_copy && h('bdi', {}, session.conflict_copy)],
  ['SHA-256', h('code', {}, session.sha256)],
  ['Id', h('code', {}, session.session_id)],
]);
