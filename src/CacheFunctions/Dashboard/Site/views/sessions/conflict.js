// A conflict: both versions side by side, and a button for each way out. Nothing is decided without one of them.
import { h } from '../../dom.js';
import { bytes, time } from '../../format.js';
import { post } from '../../api.js';
import { ask } from '../../parts/dialog.js';
import { facts } from '../../parts/facts.js';
import { settled } from '../../parts/jobs.js';
import { done, report } from '../../parts/messages.js';
import { areBothKept, fenced, pathOf } from './actions.js';

export async function resolve(session, changed) {
  const sync = body => post(`${pathOf(session)}/sync`, body, fenced(session));
  try {
    // Asked without a choice, the service tells both versions as they are now.
    const answer = await sync({ on_conflict: 'fail' });
    done(answer.message ?? 'The conflict is gone.');
  } catch (error) {
    if (error.code !== 'conflict') report(error);
    else await choose(error);
  }
  changed();

  async function choose(conflict) {
    const { expected, actual } = conflict.details;
    const isKept = areBothKept(session);
    const choice = await ask({
      title: 'Resolve the conflict',
      wide: true,
      body: [
        h('p', {}, conflict.message.split(' Sync again')[0]),
        isKept && h('p', {}, 'Both are kept: the session\'s version also lies at ', h('bdi', { class: 'strong' }, session.conflict_copy), '.'),
        h('div', { class: 'sides' },
          side('This session', [['Saved by', h('bdi', {}, session.user_id)], ['Version', session.version], ['Size', bytes(session.size_bytes)], ['SHA-256', h('code', {}, session.sha256)]]),
          side('On the origin now', version(actual)),
          side('When it was opened', version(expected))),
        h('dl', { class: 'ways' },
          h('dt', {}, 'Keep both'), h('dd', {}, 'The origin stays as it is; the session\'s version goes beside it under a name of its own.'),
          h('dt', {}, 'Overwrite'), h('dd', {}, 'The session\'s version takes the origin\'s place. What is there now is lost.'),
          h('dt', {}, 'Discard'), h('dd', {}, 'The session takes the origin\'s version. Its unsynced work stays in its history only.'))],
      actions: [
        !isKept && { text: 'Cancel', value: '' }, { text: 'Discard', value: 'discard', danger: true }, { text: 'Overwrite', value: 'overwrite', danger: true },
        isKept ? { text: 'Leave it so', value: '', primary: true } : { text: 'Keep both', value: 'keep_both', primary: true }],
    });
    if (!choice) return;
    try {
      await settled(sync({ on_conflict: choice }), `Writing back ${session.file_path}`);
    } catch (error) {
      report(error);
    }
  }
}

const side = (name, pairs) => h('section', { 'aria-label': name }, h('h3', {}, name), facts(pairs));

const version = print => print
  ? [['Changed', time(print.modified_at)], ['Size', bytes(print.size_bytes)], ['SHA-256', print.sha256 && h('code', {}, print.sha256)]]
  : [['File', 'was removed']];
