// The catalogue as a file.
import { h } from '../../dom.js';
import { words } from '../../format.js';
import { download } from '../../api.js';
import { ask } from '../../parts/dialog.js';
import { choice, field, tick } from '../../parts/form.js';
import { done, report } from '../../parts/messages.js';

/** @param asked the list's filters, of which the export knows user and status. */
export async function exportFiles(asked) {
  const format = choice('Format', 'format', [['csv', 'CSV, for spreadsheets'], ['json', 'JSON'], ['txt', 'Text']], 'csv');
  const user = field('Of user', 'user_id', { hint: 'Left out: of all.', value: asked.user_id ?? '' });
  const status = choice('Status', 'status', [['', 'All but removed'], ...['active', 'orphaned', 'pending_removal', 'removed'].map(state => [state, words(state)])], asked.status ?? '');
  const metadata = tick('With metadata', 'include_metadata');
  const answer = await ask({
    title: 'Export',
    body: [h('p', { class: 'hint' }, 'The whole catalogue, or what is chosen here.'), format.element, user.element, status.element, metadata.element],
    actions: [{ text: 'Cancel', value: '' }, { text: 'Export', value: 'yes', primary: true }],
  });
  if (answer !== 'yes') return;
  try {
    const name = await download('/api/cached/export', { format: format.value, user_id: user.value.trim(), status: status.value, include_metadata: metadata.value || null });
    done(`Exported: ${name}`);
  } catch (error) {
    report(error);
  }
}
