// How other policies, or another quota, would have done.
import { fill, h } from '../../dom.js';
import { bytes, count, counted, percent, sizeOf } from '../../format.js';
import { post } from '../../api.js';
import { bars } from '../../parts/chart.js';
import { field, worker } from '../../parts/form.js';
import { section } from '../../parts/frame.js';
import { settled } from '../../parts/jobs.js';
import { empty, explain } from '../../parts/messages.js';

export function simulation() {
  const days = field('Days', 'days', { type: 'number', min: 1, max: 14, value: 7, required: true });
  const quota = field('Quota', 'max_bytes', { placeholder: 'as it is, or 20 GB' });
  const result = h('div', { role: 'status' });
  const form = h('form', { class: 'fields', on: { submit: event => event.preventDefault() } }, days.element, quota.element, worker('Simulate', run));
  return section('Simulation', h('p', { class: 'hint' }, 'Replays what was read in the last days under each eviction policy.'), form, result);

  async function run() {
    const maxBytes = sizeOf(quota.value);
    quota.input.setCustomValidity(Number.isNaN(maxBytes) ? 'Write a size as 500 MB or 20 GB.' : '');
    if (!form.reportValidity()) return;
    fill(result, h('p', { class: 'loading' }, 'Replaying…'));
    try {
      fill(result, plot(await settled(post('/cache/simulate', { days: Number(days.value), max_bytes: maxBytes }), 'Simulation')));
    } catch (error) {
      fill(result, h('p', { class: 'bad', role: 'alert' }, explain(error)));
    }
  }
}

function plot(report) {
  if (report.accesses === 0) return empty('Nothing was read in these days.', 'Read files of directories first: GET /cache/content/{path}.');
  const best = [...report.results].sort((one, other) => other.hit_ratio - one.hit_ratio);
  const shown = value => ({ label: null, value, text: percent(value) });
  return [
    h('p', {}, `${counted(report.accesses, 'read')} in ${counted(report.days, 'day')}, a quota of ${bytes(report.results[0].max_bytes)}`,
      report.sample_rate < 1 && `, a sample of ${percent(report.sample_rate)}`, '.'),
    h('div', { class: 'pair' },
      bars({ title: 'Reads that found their file', most: 1, items: best.map(each => ({ ...shown(each.hit_ratio), label: each.policy })) }),
      bars({ title: 'Bytes that came from the cache', most: 1, items: best.map(each => ({ ...shown(each.byte_hit_ratio), label: each.policy, part: 1 })) }),
      bars({ title: 'Evictions', items: best.map(each => ({ label: each.policy, value: each.evictions, text: count(each.evictions), part: 2 })) }))];
}
