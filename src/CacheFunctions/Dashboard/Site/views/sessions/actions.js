// What can be done to sessions.
import { h } from '../../dom.js';
import { bytes, counted } from '../../format.js';
import { address, post, remove } from '../../api.js';
import { ask, sure } from '../../parts/dialog.js';
import { field } from '../../parts/form.js';
import { settled } from '../../parts/jobs.js';
import { done, report } from '../../parts/messages.js';
import { resolve } from './conflict.js';

export const pathOf = session => `/api/sessions/${encodeURIComponent(session.session_id)}`;

/** Whether a conflict's two versions both lie on the origin; it can still be decided. */
export const areBothKept = session => Boolean(session.conflict_copy) && !session.dirty;

/** Whoever may see a session may act for its user, so its fence is shown as theirs. */
export const fenced = session => session.lock ? { 'x-fence': String(session.lock.fence) } : {};

export async function sync(session, changed) {
  try {
    await settled(post(`${pathOf(session)}/sync`, undefined, fenced(session)), `Writing back ${session.file_path}`);
  } catch (error) {
    if (error.code === 'conflict') await resolve(session, changed);
    else report(error);
  }
  changed();
}

export async function breakLock(session, changed) {
  if (!await sure('Break the lock?', `${session.user_id} could not write ${session.nas_file_path} back any more without locking it again. What was saved in the session stays.`, 'Break the lock')) return;
  await told(() => remove(address('/api/locks', { file_path: session.nas_file_path })), changed);
}

export async function end(session, changed) {
  const answer = await ask({
    title: 'End the session?',
    body: h('p', {}, session.dirty
      ? 'Its unsynced work is written back first. To give that work up is for good.'
      : 'All its work is on the origin.'),
    actions: [{ text: 'Cancel', value: '' }, session.dirty && { text: 'Give the work up', value: 'drop', danger: true }, { text: session.dirty ? 'Write back and end' : 'End', value: 'end', primary: true }],
  });
  if (!answer) return false;
  return told(() => remove(address(pathOf(session), { sync_before_cleanup: answer === 'drop' ? false : null }), undefined, fenced(session)), changed);
}

/** First which sessions would go, then they do. */
export async function cleanUpSessions(changed) {
  const age = field('Unused for at least (minutes)', 'max_age_minutes', { type: 'number', min: 1, max: 525_600, value: 60, required: true });
  const start = await ask({ title: 'Clean up sessions', body: [h('p', {}, 'Ends sessions that nobody has used for some time. Unsynced work is written back first.'), age.element], actions: [{ text: 'Cancel', value: '' }, { text: 'Dry run', value: 'look', primary: true }] });
  if (start !== 'look') return;
  try {
    const body = { max_age_minutes: Number(age.value) };
    const planned = await post('/api/sessions/cleanup', { ...body, dry_run: true });
    const any = planned.cleaned_count > 0;
    const answer = await ask({
      title: any ? `${counted(planned.cleaned_count, 'session')} would be ended` : 'Nothing to clean up',
      body: [
        any && [h('p', {}, `${bytes(planned.cleaned_bytes)} would be freed.`), h('ul', { class: 'paths' }, planned.cleaned.slice(0, 20).map(each => h('li', {}, h('bdi', { class: 'path' }, each.nas_file_path))))],
        planned.kept.length > 0 && [h('h3', {}, 'Kept'), h('ul', { class: 'paths' }, planned.kept.slice(0, 20).map(each => h('li', {}, h('bdi', { class: 'path' }, each.nas_file_path), h('span', { class: 'muted' }, ` ${each.reason}`))))],
        !any && planned.kept.length === 0 && h('p', {}, 'Every session was used lately.')],
      actions: any ? [{ text: 'Cancel', value: '' }, { text: 'End them', value: 'yes', danger: true }] : [{ text: 'Close', value: '', primary: true }],
    });
    if (answer === 'yes') await told(() => post('/api/sessions/cleanup', body), changed);
  } catch (error) {
    report(error);
  }
}

async function told(work, changed) {
  try {
    const answer = await work();
    if (answer.message) done(answer.message);
    return true;
  } catch (error) {
    report(error);
    return false;
  } finally {
    changed();
  }
}
