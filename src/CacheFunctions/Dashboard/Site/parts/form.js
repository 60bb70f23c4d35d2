// Labelled fields.
import { h } from '../dom.js';

let made = 0;

/** An input with its label. `value` reads it. */
export function field(label, name, { hint, ...attributes } = {}) {
  const id = `field-${made++}`;
  const input = h('input', { id, name, 'aria-describedby': hint ? `${id}-hint` : null, ...attributes });
  const element = h('div', { class: 'field' }, h('label', { for: id }, label), input, hint && h('small', { id: `${id}-hint` }, hint));
  return { element, input, name, get value() { return input.value; }, set value(text) { input.value = text; } };
}

/** A choice of [value, text] with its label. */
export function choice(label, name, options, value = '') {
  const id = `field-${made++}`;
  const input = h('select', { id, name }, options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)));
  return { element: h('div', { class: 'field' }, h('label', { for: id }, label), input), input, name, get value() { return input.value; }, set value(key) { input.value = key; } };
}

/** A box to tick with its label. */
export function tick(label, name, checked = false) {
  const input = h('input', { type: 'checkbox', name, checked });
  return { element: h('label', { class: 'tick' }, input, label), input, name, get value() { return input.checked; } };
}

export const button = (text, click, kind) => h('button', { type: 'button', class: kind, on: { click } }, text);

/** A button that cannot be pressed again while its work runs. */
export function worker(text, work, kind) {
  const element = button(text, async () => {
    element.disabled = true;
    try {
      await work();
    } finally {
      element.disabled = false;
    }
  }, kind);
  return element;
}
