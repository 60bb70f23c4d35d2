// What happened, told to eyes and to screen readers.
import { mayAskAgain } from '../api.js';
import { h } from '../dom.js';

const shownFor = 8_000;

/** Said by a screen reader only. */
export function say(text) {
  document.getElementById('spoken').textContent = text;
}

/** That something was done. It goes by itself. */
export function done(text) {
  const message = show('done', 'status', text);
  setTimeout(() => message.remove(), shownFor);
}

/** That something was refused or failed. It stays until it is closed. */
export function report(error) {
  if (error?.name !== 'AbortError') show('failed', 'alert', explain(error));
}

/** What went wrong, and for each field why. */
export function explain(error) {
  const fields = Object.entries(error.details ?? {}).filter(([, why]) => typeof why === 'string' && !error.message.includes(why));
  return [error.message, ...fields.map(([name, why]) => `${name} ${why}`)].join(' ');
}

/** In place of what could not be loaded. */
export function problem(error, again) {
  return h('div', { class: 'problem', role: 'alert' },
    h('p', {}, explain(error)),
    h('button', { type: 'button', on: { click: () => { mayAskAgain(); again(); } } }, 'Try again'));
}

/** Where there is nothing. */
export const empty = (text, hint) => h('div', { class: 'empty' }, h('p', {}, text), hint && h('p', { class: 'hint' }, hint));

function show(kind, role, text) {
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close this message', on: { click: () => message.remove() } }, '×');
  const message = h('div', { class: `message ${kind}`, role }, h('p', {}, text), close);
  const region = document.getElementById('messages');
  // What lies outside an open dialogue can be neither heard nor closed.
  ([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).append(region);
  region.append(message);
  return message;
}
