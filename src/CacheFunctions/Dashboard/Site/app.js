// The frame: which view is shown, and the key.
import { fill, h } from './dom.js';
import { key, mayAskAgain, whenKeyIsNeeded } from './api.js';
import { ask } from './parts/dialog.js';
import { field } from './parts/form.js';
import { report, say } from './parts/messages.js';
import * as cached from './views/cached.js';
import * as directories from './views/directories.js';
import * as health from './views/health.js';
import * as history from './views/history.js';
import * as sessions from './views/sessions.js';
import * as statistics from './views/statistics.js';

const views = {
  cached, 'cached/statistics': statistics, 'cached/history': history, sessions, directories, health,
};
const main = document.getElementById('main');
const navigation = document.getElementById('views');
let leaving = new AbortController();

function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const name = views[path] ? path : 'cached';
  leaving.abort();
  document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close());
  leaving = new AbortController();
  const moved = main.dataset.view && main.dataset.view !== name;
  main.dataset.view = name;
  document.title = `${views[name].title} · CacheFunctions`;
  navigate(name);
  fill(main);
  views[name].show(main, new URLSearchParams(query), leaving.signal);
  if (!moved) return;
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
  say(views[name].title);
}

function navigate(current) {
  const link = ([name, text]) => h('a', { href: `#/${name}`, 'aria-current': current.split('/')[0] === name ? 'page' : null }, text);
  fill(navigation, [['cached', 'Cached'], ['sessions', 'Sessions'], ['directories', 'Directories'], ['health', 'Health']].map(link));
}

async function giveKey(reason) {
  const input = field('Key', 'key', { type: 'password', autocomplete: 'off', value: key.get() ?? '', autofocus: true, required: true });
  const answer = await ask({
    title: 'Key',
    body: [h('p', {}, `${reason} It is one of the function keys (setting Keys:Function), is kept in this tab only, and is sent as x-functions-key.`), input.element],
    actions: [{ text: 'Use this key', value: 'use', primary: true }, key.get() && { text: 'Forget it', value: 'forget' }],
  });
  if (answer === 'use') key.set(input.value.trim());
  if (answer === 'forget') key.set(null);
  return answer === 'use' && input.value.trim() !== '';
}

whenKeyIsNeeded(giveKey);
document.getElementById('key').addEventListener('click', async () => {
  const before = key.get();
  await giveKey(before ? 'This tab uses a key.' : 'This tab uses no key.');
  if (key.get() === before) return;
  mayAskAgain();
  route();
});
document.getElementById('skip').addEventListener('click', event => {
  // The address' hash is the view's.
  event.preventDefault();
  main.focus();
});
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.target.closest('input, select, textarea')) return;
  const search = main.querySelector('[data-search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
});
addEventListener('unhandledrejection', event => {
  if (event.reason?.name !== 'AbortError') report(event.reason);
});
addEventListener('hashchange', route);
route();
