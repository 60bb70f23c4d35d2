// Cleaning up in two steps: the first only looks and marks, and can be taken back; the second removes what was shown.
import { h } from '../../dom.js';
import { counted } from '../../format.js';
import { get, post } from '../../api.js';
import { ask } from '../../parts/dialog.js';
import { settled } from '../../parts/jobs.js';
import { report } from '../../parts/messages.js';

const listed = 20;

export async function cleanUp(changed) {
  const start = await ask({
    title: 'Clean up',
    body: [
      h('p', {}, 'Files whose copy is gone from the cache are orphaned. The dry run looks at every copy and marks those that lack it. It removes nothing, and a file whose copy comes back is active again.')],
    actions: [{ text: 'Cancel', value: '' }, { text: 'Dry run', value: 'look', primary: true }],
  });
  if (start !== 'look') return;
  try {
    await settled(post('/api/cached/cleanup', { remove_orphaned: false }), 'Looking for orphaned files');
    changed();
    await removeFound(changed);
  } catch (error) {
    report(error);
  }
}

async function removeFound(changed) {
  const found = await get('/api/cached/files', { status: 'orphaned', limit: listed, consistent: true });
  const total = found.pagination.total_count;
  const answer = await ask({
    title: total === 0 ? 'Nothing to clean up' : `${counted(total, 'orphaned file')}`,
    body: total === 0
      ? h('p', {}, 'Every cached file has its copy.')
      : [h('p', {}, 'Removing them forgets them in the catalogue. Their originals stay.'),
        h('ul', { class: 'paths' }, found.files.map(file => h('li', {}, h('bdi', { class: 'path' }, file.file_path)))),
        total > found.files.length && h('p', { class: 'hint' }, `and ${counted(total - found.files.length, 'other')}`)],
    actions: total === 0
      ? [{ text: 'Close', value: '', primary: true }]
      : [{ text: 'Keep them', value: '' }, { text: `Remove ${counted(total, 'file')}`, value: 'remove', danger: true }],
  });
  if (answer !== 'remove') return;
  await settled(post('/api/cached/cleanup', { remove_orphaned: true }), 'Removing orphaned files');
  changed();
}
