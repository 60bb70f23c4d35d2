// What views share: their head, and being kept up to date.
import { h } from '../dom.js';
import { rest } from '../events.js';
import { problem } from './messages.js';

/** A view's heading with its actions. */
export const heading = (title, ...actions) => h('div', { class: 'heading' }, h('h1', {}, title), h('div', { class: 'actions' }, actions));

/** A part of a view with a heading of its own. */
export const section = (title, ...content) => h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), content);

/** The tabs of the cached files. */
export const tabs = current => h('nav', { class: 'tabs', 'aria-label': 'Cached files' },
  [['cached', 'Files'], ['cached/statistics', 'Statistics'], ['cached/history', 'History']]
    .map(([name, text]) => h('a', { href: `#/${name}`, 'aria-current': name === current ? 'page' : null }, text)));

/**
 * Loads now and every so often while the page is seen, until the signal aborts. The first failure takes the element's place;
 * later ones leave what was there.
 * @returns what loads at once.
 */
export function kept(element, load, milliseconds, signal) {
  let loaded = false;
  let last = Promise.resolve();
  // One after the other, so that no older answer takes the place of a newer one.
  const now = () => { last = last.then(once); return last; };
  const once = async () => {
    if (signal.aborted) return;
    try {
      await load();
      loaded = true;
      element.querySelector(':scope > .problem')?.remove();
    } catch (error) {
      if (signal.aborted || error.name === 'AbortError') return;
      element.querySelector(':scope > .problem')?.remove();
      element.prepend(problem(error, now));
      if (!loaded) element.querySelectorAll('.loading').forEach(each => each.remove());
    }
  };
  const go = async () => {
    await now();
    while (milliseconds && !signal.aborted) {
      await rest(milliseconds, signal);
      if (!signal.aborted && !document.hidden) await now();
    }
  };
  go();
  return now;
}
