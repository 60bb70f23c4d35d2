// Work that outlives a reply: its progress at the foot of the page, in whatever view.
import { fill, h } from '../dom.js';
import { bytes, percent } from '../format.js';
import { ApiError, get } from '../api.js';
import { rest } from '../events.js';
import { done } from './messages.js';

const tray = document.getElementById('jobs');
const askEvery = 1_000;

/** A progress bar with what it says in words. Without a total it only shows that work goes on. */
export function progress(label, doneBytes, totalBytes) {
  const known = totalBytes > 0;
  const text = known ? `${percent(Math.min(1, doneBytes / totalBytes))}, ${bytes(doneBytes)} of ${bytes(totalBytes)}` : doneBytes > 0 ? bytes(doneBytes) : 'running';
  return h('div', { class: 'progress' },
    h('span', {}, label),
    h('progress', { 'aria-label': label, 'aria-valuetext': text, max: known ? totalBytes : null, value: known ? doneBytes : null }),
    h('span', { class: 'muted' }, text));
}

/**
 * Waits for a request, and for the job as which it may go on; shows meanwhile how far it is.
 * @param request the promise of an answer.
 * @returns the answer's own data, or the job's result. @throws what was refused or failed.
 */
export async function settled(request, label) {
  const row = h('div', {}, progress(label, 0, null));
  tray.append(row);
  tray.hidden = false;
  try {
    const answer = await request;
    const result = answer.isPending ? await resultOf(answer.job_id, label, row) : answer;
    if (answer.isPending) done(`${label}: done.`);
    else if (answer.message) done(answer.message);
    return result;
  } finally {
    row.remove();
    tray.hidden = tray.childElementCount === 0;
  }
}

async function resultOf(jobId, label, row) {
  for (;;) {
    const job = await get(`/api/jobs/${encodeURIComponent(jobId)}`);
    if (job.error) throw new ApiError(0, `${label}: ${job.error.message}`, job.error.code);
    if (job.state !== 'running') return job.result ?? {};
    fill(row, progress(label, job.bytes_done, job.bytes_total));
    await rest(askEvery);
  }
}
