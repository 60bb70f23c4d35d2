// Cached directories: how full the quota is, what expires next, what was evicted and why.
import { fill, h } from '../dom.js';
import { ago, bytes, count, counted, percent, time } from '../format.js';
import { get, put, remove, segments } from '../api.js';
import { quota } from '../parts/chart.js';
import { sure } from '../parts/dialog.js';
import { tiles } from '../parts/facts.js';
import { button, worker } from '../parts/form.js';
import { heading, kept, section } from '../parts/frame.js';
import { settled } from '../parts/jobs.js';
import { logTable } from '../parts/log.js';
import { done, report } from '../parts/messages.js';
import { pager } from '../parts/pager.js';
import { badge, table } from '../parts/table.js';
import { cleanUpDirectories, switchScheduler, warm } from './directories/actions.js';
import { simulation } from './directories/simulation.js';

export const title = 'Directories';

const every = 10_000;
const kinds = { ok: 'good', warning: 'warn', exceeded: 'bad' };

export function show(main, _, signal) {
  const sums = h('dl', { class: 'tiles' });
  const use = h('div', {});
  const scheduler = h('div', { class: 'actions' });
  const pages = pager(() => load());
  let order = 'expires_at';
  const list = table({
    caption: 'Directories',
    none: 'No directory is registered.',
    hint: 'Bring one from an origin with Warm, or register one with POST /cache/register/{path}.',
    key: directory => directory.path,
    sort: { by: () => order, change: word => { order = word; list.heads(); pages.first(); load(); } },
    columns: [
      { title: 'Directory', sort: 'path', first: 'path', wide: true, cell: directory => [h('bdi', { class: 'strong' }, directory.path), ' ',
        directory.pinned && badge('pinned'), directory.locked && badge('being worked on', 'info'), directory.compressed && badge('compressed')] },
      { title: 'Size', sort: 'size_bytes', end: true, cell: directory => directory.size_readable },
      { title: 'Files', sort: 'file_count', end: true, cell: directory => count(directory.file_count) },
      { title: 'Last used', sort: 'last_accessed', cell: directory => ago(directory.last_accessed) },
      { title: 'Expires', sort: 'expires_at', first: 'expires_at', cell: directory => directory.pinned ? 'pinned' : [ago(directory.expires_at), directory.expired && [' ', badge('expired', 'warn')]] },
      { title: 'Uses', sort: 'access_count', end: true, cell: directory => count(directory.access_count) },
      { title: 'Do', wide: true, cell: directory => h('div', { class: 'actions' }, actions(directory)) },
    ],
  });
  const evictions = logTable('Evicted directories, newest first', 'Nothing was evicted.');
  const area = h('div', {}, section('Quota', use, sums, scheduler), list.element, pages.element);
  main.append(
    heading(title, button('Warm…', () => warm(load)), worker('Clean up…', () => cleanUpDirectories(load))),
    area, section('Evictions, and why', evictions.element), simulation());
  const load = kept(area, async () => {
    const [stats, page, next, evicted] = await Promise.all([
      get('/cache/stats', {}, signal),
      get('/cache/directories', { sort: order, limit: 50, cursor: pages.cursor }, signal),
      get('/cache/directories', { sort: 'expires_at', limit: 20 }, signal),
      get('/cache/operations', { operation_type: 'directory_evicted', limit: 20 }, signal)]);
    list.update(page.directories);
    pages.show(page.pagination, page.directories.length);
    evictions.update(evicted.operations);
    showUse(stats, next.directories.find(directory => !directory.pinned));
  }, every, signal);

  function showUse(stats, next) {
    const ratio = stats.total_bytes / stats.max_bytes;
    fill(use,
      h('p', { class: 'lead' }, `${stats.total_readable} of ${bytes(stats.max_bytes)} `, badge({ ok: 'within the quota', warning: 'above the high watermark', exceeded: 'above the quota' }[stats.quota_status], kinds[stats.quota_status])),
      quota({
        label: `${percent(ratio)} of the quota is used`,
        ratio,
        kind: kinds[stats.quota_status],
        marks: [
          { at: stats.low_watermark_bytes / stats.max_bytes, text: `low watermark ${bytes(stats.low_watermark_bytes)}: evictions end` },
          { at: stats.high_watermark_bytes / stats.max_bytes, text: `high watermark ${bytes(stats.high_watermark_bytes)}: evictions begin` }],
      }));
    tiles(sums, [
      ['Directories', count(stats.directory_count)],
      ['Used', percent(ratio)],
      ['Hit ratio', stats.hits + stats.misses > 0 ? percent(stats.hit_ratio) : 'no reads'],
      ['Next expiry', next ? [ago(next.expires_at), h('bdi', { class: 'path' }, next.path)] : 'none'],
      ['Last run', stats.last_run ? [ago(stats.last_run.started_at), h('span', { class: 'path' }, `${count(stats.last_run.expired_count)} expired, ${count(stats.last_run.evicted_count)} evicted, ${bytes(stats.last_run.freed_bytes)} freed`)] : 'never']]);
    const runs = stats.scheduler.state === 'running';
    fill(scheduler,
      h('p', {}, runs ? ['The scheduler cleans up ', stats.scheduler.next_run ? ago(stats.scheduler.next_run) : `every ${counted(stats.scheduler.interval_seconds, 'second')}`, '.'] : 'The scheduler is stopped: nothing expires by itself.'),
      worker(runs ? 'Stop the scheduler' : 'Start the scheduler', () => switchScheduler(!runs, load)));
  }

  const actions = directory => [
    worker(directory.pinned ? 'Unpin' : 'Pin', async () => {
      await told(() => (directory.pinned ? remove : put)(`/cache/pins/${segments(directory.path)}`));
    }),
    worker('Remove…', async () => {
      if (!await sure('Remove the directory?', `${directory.path} and its ${counted(directory.file_count, 'file')} (${directory.size_readable}) leave the cache.`, 'Remove')) return;
      await told(async () => settled(remove(`/cache/directories/${segments(directory.path)}?remove_files=true`), `Removing ${directory.path}`));
    }, 'danger')];

  async function told(work) {
    try {
      await work();
    } catch (error) {
      report(error);
    }
    await load();
  }
}
