// What can be done to all directories.
import { h } from '../../dom.js';
import { bytes, counted, sizeOf } from '../../format.js';
import { post } from '../../api.js';
import { ask } from '../../parts/dialog.js';
import { field } from '../../parts/form.js';
import { settled } from '../../parts/jobs.js';
import { done, report } from '../../parts/messages.js';

/** First what would go, then it does. */
export async function cleanUpDirectories(changed) {
  try {
    const planned = await post('/cache/cleanup', { dry_run: true });
    const total = planned.expired_count + planned.evicted_count;
    const answer = await ask({
      title: total > 0 ? `Dry run: ${counted(total, 'directory').replace('directorys', 'directories')} would be removed` : 'Dry run: nothing would be removed',
      wide: total > 0,
      body: [
        h('p', {}, total > 0 ? `${bytes(planned.freed_bytes)} would be freed.` : 'Nothing has expired, and the quota demands nothing.'),
        list('Removed', planned.removed), list('Kept', planned.kept)],
      actions: total > 0 ? [{ text: 'Cancel', value: '' }, { text: 'Clean up', value: 'yes', danger: true }] : [{ text: 'Close', value: '', primary: true }],
    });
    if (answer !== 'yes') return;
    await settled(post('/cache/cleanup'), 'Cleaning up');
    changed();
  } catch (error) {
    report(error);
  }
}

export async function switchScheduler(isOn, changed) {
  try {
    done((await post(`/cache/${isOn ? 'start' : 'stop'}-scheduler`)).message);
  } catch (error) {
    report(error);
  }
  changed();
}

export async function warm(changed) {
  const from = field('From', 'from', { required: true, autofocus: true, placeholder: '/mnt/nas/documents', hint: 'A folder or a file of an origin.' });
  const path = field('To', 'path', { required: true, placeholder: 'warmed/documents', hint: 'Where it lies in the cache.' });
  const speed = field('At most, a second', 'speed', { placeholder: '10 MB', pattern: '\\s*[0-9]+([.][0-9]+)?\\s*[kmgtpKMGTP]?[bB]?\\s*', title: 'A size as 500 KB or 10 MB', hint: 'Left out: as fast as it goes.' });
  const answer = await ask({ title: 'Warm the cache', body: [from.element, path.element, speed.element], actions: [{ text: 'Cancel', value: '' }, { text: 'Bring it', value: 'yes', primary: true }] });
  if (answer !== 'yes') return;
  try {
    const brought = await settled(post('/cache/warm', { items: [{ from: from.value.trim(), path: path.value.trim() }], max_bytes_per_second: sizeOf(speed.value) }), `Bringing ${from.value.trim()}`);
    for (const item of brought.items?.filter(item => item.error) ?? []) throw new Error(`${item.from}: ${item.error}`);
  } catch (error) {
    report(error);
  }
  changed();
}

const list = (title, directories) => directories.length > 0 && [h('h3', {}, title), h('ul', { class: 'paths' }, directories.slice(0, 50).map(each => h('li', {},
  h('bdi', { class: 'path' }, each.path), h('span', { class: 'muted' }, ` ${bytes(each.size_bytes)}, ${each.reason}`))))];
