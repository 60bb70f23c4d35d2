// Whether the service is alive and can work.
import { fill, h } from '../dom.js';
import { count, time } from '../format.js';
import { get } from '../api.js';
import { facts } from '../parts/facts.js';
import { heading, kept, section } from '../parts/frame.js';
import { explain } from '../parts/messages.js';
import { badge, table } from '../parts/table.js';

export const title = 'Health';

const every = 10_000;

export function show(main, _, signal) {
  const state = h('div', {}, h('p', { class: 'loading' }, 'Loading…'));
  const origins = table({
    caption: 'Origins', none: 'No origin is configured.', key: origin => origin.name,
    columns: [
      { title: 'Origin', cell: origin => origin.name },
      { title: 'Known to callers as', wide: true, cell: origin => h('bdi', {}, origin.prefix) },
      { title: 'Writing', cell: origin => origin.read_only ? badge('read only', 'info') : badge('allowed', 'good') },
      { title: 'A.txt and a.txt', cell: origin => origin.case_sensitive ? 'two files' : 'one file' },
    ],
  });
  const area = h('div', {}, section('Service', state), section('Origins', origins.element));
  main.append(heading(title), area);
  kept(area, async () => {
    const start = performance.now();
    const [alive, ready] = await Promise.all([probe('/api/health'), probe('/api/ready')]);
    fill(state, facts([
      ['Alive', alive.error ? failed(alive.error) : [badge('yes', 'good'), ` version ${alive.version}`]],
      ['Ready', ready.error ? failed(ready.error) : ready.status === 'ready' ? badge('yes', 'good') : badge(ready.status, 'warn')],
      ...Object.entries((ready.error ? ready.error.details : ready.checks) ?? {}).map(([name, text]) => [name === 'events' ? 'Events' : `Storage: ${name}`, badge(text, text === 'ok' ? 'good' : 'bad')]),
      ['Answered in', `${count(Math.round(performance.now() - start))} ms`],
      ['Looked at', time(new Date().toISOString())]]));
    origins.update((await get('/api/origins', {}, signal)).origins);
  }, every, signal);

  function probe(path) {
    return get(path, {}, signal).catch(error => {
      if (error.name === 'AbortError') throw error;
      return { error };
    });
  }
}

const failed = error => [badge('no', 'bad'), ' ', explain(error)];
