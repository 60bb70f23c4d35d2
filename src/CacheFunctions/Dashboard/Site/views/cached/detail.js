// One cached file: what is known of it, for whom it is cached, and what has happened to it.
import { fill, h } from '../../dom.js';
import { ago, count, time, words } from '../../format.js';
import { download, get, put, remove } from '../../api.js';
import { open, sure } from '../../parts/dialog.js';
import { facts } from '../../parts/facts.js';
import { worker } from '../../parts/form.js';
import { historyList } from '../../parts/log.js';
import { done, problem, report } from '../../parts/messages.js';
import { badge } from '../../parts/table.js';

/** @param changed told when something was done to it. */
export async function showFile(id, changed) {
  const path = `/api/cached/files/${encodeURIComponent(id)}`;
  const body = h('div', {}, h('p', { class: 'loading' }, 'Loading…'));
  const dialog = open({ title: 'Cached file', body, wide: true });
  await load();

  async function load() {
    try {
      const [file, log] = await Promise.all([get(path), get('/api/cached/operations', { file_id: id, limit: 50 })]);
      dialog.element.querySelector('h2').textContent = '';
      fill(dialog.element.querySelector('h2'), file.filename);
      fill(body, described(file), actions(file), attribution(file, log.operations), metadata(file.metadata),
        h('h3', {}, 'History'), historyList(log.operations), log.pagination.has_more && h('p', { class: 'hint' }, 'The newest 50 are shown.'));
    } catch (error) {
      fill(body, problem(error, load));
    }
  }

  async function act(work) {
    try {
      const answer = await work();
      if (answer.message) done(answer.message);
      changed();
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  function actions(file) {
    const isGone = file.status === 'removed';
    return h('div', { class: 'actions' },
      !isGone && worker('Download', () => download(`${path}/content`).then(name => done(`Downloaded: ${name}`), report)),
      !isGone && worker(file.pinned ? 'Unpin' : 'Pin', async () => { if (await act(() => (file.pinned ? remove : put)(`${path}/pin`))) await load(); }),
      !isGone && worker('Remove from the cache…', async () => {
        if (!await sure('Remove from the cache?', `${file.filename} is read from its origin again afterwards. The original stays.`, 'Remove')) return;
        if (await act(() => remove(path, { reason: 'manual_cleanup' }))) dialog.element.close();
      }, 'danger'));
  }
}

const described = file => facts([
  ['Path', h('bdi', {}, file.file_path)],
  ['Original', h('bdi', {}, file.original_path)],
  ['Copy', h('bdi', {}, file.cached_path)],
  ['Status', [badge(words(file.status)), file.pinned && [' ', badge('pinned')]]],
  ['Size', `${file.file_size_readable} (${count(file.file_size_bytes)} bytes)`],
  ['Method', words(file.cache_method)],
  ['Cached', time(file.cached_at)],
  ['Last used', ago(file.last_accessed)],
  ['Uses', count(file.access_count)],
  ['SHA-256', file.sha256 && h('code', {}, file.sha256)],
  ['Id', h('code', {}, file.id)],
]);

/** For whom and why: the log knows each one's reason. */
function attribution(file, operations) {
  const reasonOf = user => operations.find(each => each.operation_type === 'user_added' && each.reason.startsWith(`${user}: `))?.reason.slice(user.length + 2)
    ?? (user === file.triggered_by_user ? words(file.triggered_by_operation) : null);
  return [h('h3', {}, 'Cached for'), file.users.length === 0
    ? h('p', { class: 'hint' }, `Nobody in particular (${words(file.triggered_by_operation)}).`)
    : h('ul', { class: 'people' }, file.users.map(user => h('li', {},
      h('a', { href: `#/cached?user_id=${encodeURIComponent(user)}` }, h('bdi', {}, user)), user === file.triggered_by_user && [' ', badge('first')],
      reasonOf(user) && h('span', { class: 'muted' }, ` ${reasonOf(user)}`))))];
}

const metadata = value => value && Object.keys(value).length > 0
  && [h('h3', {}, 'Metadata'), h('pre', { tabindex: '0', 'aria-label': 'Metadata' }, JSON.stringify(value, null, 2))];
