// Caching one more file.
import { words } from '../../format.js';
import { post } from '../../api.js';
import { ask } from '../../parts/dialog.js';
import { choice, field } from '../../parts/form.js';
import { settled } from '../../parts/jobs.js';
import { report } from '../../parts/messages.js';
import { triggers } from './filters.js';

export async function addFile(changed) {
  const path = field('Path on the origin', 'file_path', { required: true, autofocus: true, placeholder: 'documents/notes.txt' });
  const user = field('For user', 'user_id', { hint: 'May be left out.' });
  const why = choice('Why', 'triggered_by_operation', triggers.map(trigger => [trigger, words(trigger)]), 'manual');
  const answer = await ask({
    title: 'Cache a file', body: [path.element, user.element, why.element], actions: [{ text: 'Cancel', value: '' }, { text: 'Cache it', value: 'yes', primary: true }],
  });
  if (answer !== 'yes') return;
  try {
    const asked = post('/api/cached/files', { file_path: path.value.trim(), triggered_by_operation: why.value, ...(user.value.trim() && { user_id: user.value.trim() }) });
    await settled(asked, `Caching ${path.value.trim()}`);
    changed(true);
  } catch (error) {
    report(error);
  }
}
