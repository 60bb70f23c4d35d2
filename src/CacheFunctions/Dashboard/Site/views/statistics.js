// The cache by the numbers.
import { fill, h } from '../dom.js';
import { bytes, count, counted, percent, time, words } from '../format.js';
import { get } from '../api.js';
import { bars, columns, line } from '../parts/chart.js';
import { ask } from '../parts/dialog.js';
import { facts, tiles } from '../parts/facts.js';
import { button, choice } from '../parts/form.js';
import { heading, kept, section, tabs } from '../parts/frame.js';
import { empty, report } from '../parts/messages.js';
import { eachDay, operationsOf } from './cached/days.js';

export const title = 'Statistics';

const every = 30_000;

export function show(main, query, signal) {
  const days = choice('Period', 'days', [['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['365', 'a year']], query.get('days') ?? '30');
  const sums = h('dl', { class: 'tiles' });
  const content = h('div', { class: 'cards' }, h('p', { class: 'loading' }, 'Loading…'));
  const area = h('div', {}, sums, content);
  main.append(heading(title, days.element), tabs('cached/statistics'), area);
  const load = kept(area, async () => {
    const period = Number(days.value);
    const [all, recent, log] = await Promise.all([
      get('/api/cached/statistics', {}, signal), get('/api/cached/statistics', { days: period }, signal), operationsOf(period, signal)]);
    const open = content.querySelectorAll('details[open]').length > 0;
    tiles(sums, [
      ['Files', count(all.total_files)], ['Size', all.total_size_readable], ['Users', count(all.users_count)],
      ['Hit ratio', hits(recent.hit_window) ? percent(recent.cache_hit_ratio) : 'no reads'], ['Orphaned', count(all.orphaned_files), all.orphaned_files > 0 ? 'warn' : ''],
      ['Oldest', time(all.oldest_cached_at, 'none')]]);
    // Who reads a table must not lose it.
    if (!open) fill(content, charts(all, recent, log, period));
  }, every, signal);
  days.input.addEventListener('change', () => {
    history.replaceState(null, '', `#/cached/statistics?days=${days.value}`);
    load();
  });
}

function charts(all, recent, log, period) {
  const range = eachDay(period);
  const ofDay = new Map(recent.by_day.map(day => [day.day, day]));
  const hitsOfDay = new Map(recent.hits_by_day.map(day => [day.day, day]));
  let size = all.total_size_bytes - recent.by_day.reduce((sum, day) => sum + day.size_bytes, 0);
  return [
    section('Size', line({
      title: 'Size of what is cached now, by when it was cached',
      format: bytes,
      points: range.map(day => {
        size += ofDay.get(day)?.size_bytes ?? 0;
        return { label: day, values: [size], text: `${bytes(size)}, ${counted(ofDay.get(day)?.files ?? 0, 'file')} that day` };
      }),
    })),
    section('Hit ratio', columns({
      title: 'Reads answered from the cache',
      format: percent,
      most: 1,
      points: range.map(day => {
        const counts = hitsOfDay.get(day);
        const reads = hits(counts);
        return { label: day, values: [reads ? counts.hits / reads : 0], text: reads ? `${percent(counts.hits / reads)} of ${counted(reads, 'read')}` : 'no reads' };
      }),
    })),
    section('Operations', columns({
      title: 'Operations by day',
      format: count,
      names: log.names.map(words),
      points: range.map(day => {
        const values = log.names.map(name => log.count(day, name));
        return { label: day, values, text: log.names.map((name, i) => values[i] && `${count(values[i])} ${words(name)}`).filter(Boolean).join(', ') || 'none' };
      }),
    }), log.isCut && h('p', { class: 'hint' }, `The newest ${count(log.total)} operations are counted; older ones of this period are not.`)),
    section('Why files are cached', shares(Object.entries(all.by_operation).filter(([, tally]) => tally.files > 0)
      .sort(([, one], [, other]) => other.size_bytes - one.size_bytes)
      .map(([name, tally]) => ({ label: words(name), value: tally.size_bytes, text: `${counted(tally.files, 'file')}, ${tally.size_readable}` })), 'Size by reason')),
    section('Users', shares(all.top_users.map(user => ({
      label: button(user.user_id, () => showUser(user.user_id, period), 'link'), value: user.size_bytes, text: `${counted(user.files, 'file')}, ${user.size_readable}` })), 'Size by user')),
    section('Most used', shares(all.top_files.map(file => ({ label: h('bdi', {}, file.file_path), value: file.access_count, text: counted(file.access_count, 'use') })), 'Uses by file')),
  ];
}

const hits = counts => counts ? counts.hits + counts.misses : 0;

const shares = (items, title) => items.length === 0 ? empty('Nothing yet.') : bars({ title, items });

async function showUser(user, days) {
  try {
    const stats = await get(`/api/cached/users/${encodeURIComponent(user)}/stats`, { days });
    const answer = await ask({
      title: user,
      body: [
        facts([
          ['Period', counted(days, 'day')], ['Files', count(stats.total_files)], ['Active', count(stats.active_files)],
          ['Size', stats.total_size_readable], ['Mostly', words(stats.most_common_operation)]]),
        h('h3', {}, 'Recent files'),
        stats.recent_files.length === 0 ? empty('None in this period.') : h('ul', { class: 'paths' }, stats.recent_files.map(file => h('li', {},
          h('bdi', {}, file.filename), h('span', { class: 'muted' }, [` ${file.file_size_readable}, `, time(file.cached_at)]))))],
      actions: [{ text: 'Show the files', value: 'files', primary: true }],
    });
    if (answer === 'files') location.hash = `#/cached?user_id=${encodeURIComponent(user)}`;
  } catch (error) {
    report(error);
  }
}
