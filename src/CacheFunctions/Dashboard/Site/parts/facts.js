// Names with their values.
import { fill, h } from '../dom.js';

/** @param pairs [name, value]; those without a value are left out. */
export const facts = pairs => h('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));

/** Figures at a glance. @param pairs [name, value, kind]. */
export const tiles = (element, pairs) => fill(element, pairs.map(([name, value, kind]) => h('div', { class: `tile ${kind ?? ''}` }, h('dt', {}, name), h('dd', {}, value))));
