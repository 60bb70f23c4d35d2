// Dialogues. Escape closes them, and the focus returns to where it was: both are the dialog element's own, unless the row from
// which it was opened has been drawn anew meanwhile.
import { controls, h } from '../dom.js';

/** Opens one. @returns the element, whose `close(value)` ends it, and `ended`, a promise of the value ('': dismissed). */
export function open({ title, body, actions = [], wide = false }) {
  const heading = h('h2', { id: `dialog-${crypto.getRandomValues(new Uint32Array(1))[0]}` }, title);
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', on: { click: () => element.close('') } }, '×');
  const form = h('form', { on: { submit: event => { event.preventDefault(); element.close(actions.find(each => each?.primary)?.value ?? ''); } } },
    h('header', {}, heading, close),
    h('div', { class: 'body' }, body),
    actions.some(Boolean) && h('footer', {}, actions.filter(Boolean).map(action => button(action))));
  const element = h('dialog', { 'aria-labelledby': heading.id, class: wide ? 'wide' : null }, form);
  const ended = new Promise(resolve => element.addEventListener('close', () => {
    document.body.append(...element.querySelectorAll('#messages'));
    element.remove();
    if (place >= 0 && !opener.isConnected) controls(row)[place]?.focus();
    resolve(element.returnValue);
  }));
  const opener = document.activeElement;
  const row = opener?.closest('tr');
  const place = row ? controls(row).indexOf(opener) : -1;
  document.body.append(element);
  element.showModal();
  return { element, ended };

  function button({ text, value, primary, danger }) {
    const kind = [primary && 'primary', danger && 'danger'].filter(Boolean).join(' ');
    return primary
      ? h('button', { type: 'submit', class: kind }, text)
      : h('button', { type: 'button', class: kind || null, on: { click: () => element.close(value) } }, text);
  }
}

/** Opens one and waits for its end. */
export const ask = options => open(options).ended;

/** Asks before what cannot be taken back. */
export async function sure(title, text, action) {
  return await ask({ title, body: h('p', {}, text), actions: [{ text: 'Cancel', value: '' }, { text: action, value: 'yes', danger: true }] }) === 'yes';
}
