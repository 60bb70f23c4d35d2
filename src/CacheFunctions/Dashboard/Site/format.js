// Figures and times as people read them.
import { h } from './dom.js';

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const whole = new Intl.NumberFormat();
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export const count = number => whole.format(number ?? 0);

/** "1 file", "2 files". */
export const counted = (number, what) => `${count(number)} ${what}${number === 1 ? '' : 's'}`;

export const percent = ratio => `${(100 * (ratio ?? 0)).toFixed(1)} %`;

/** In steps of 1,024, as the service writes sizes. */
export function bytes(number) {
  let value = number ?? 0;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** What a person types for a size ("1.5 GB", "200"), in bytes; null: nothing; NaN: not a size. */
export function sizeOf(text) {
  if (!text.trim()) return null;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?\s*$/i.exec(text);
  return parts ? Math.round(Number(parts[1]) * 1024 ** ' kmgtp'.indexOf(parts[2].toLowerCase() || ' ')) : NaN;
}

/** A time in the reader's own zone; its title is the exact one. */
export function time(iso, none = 'never') {
  return iso ? h('time', { datetime: iso, title: iso }, local.format(new Date(iso))) : none;
}

/** "in 3 hours", "2 minutes ago"; the exact time in its title. */
export function ago(iso, none = 'never') {
  return iso ? h('time', { datetime: iso, title: iso }, distance(iso)) : none;
}

export function distance(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const [size, unit] = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']].find(([size]) => Math.abs(seconds) >= size) ?? [1, 'second'];
  return relative.format(Math.round(seconds / size), unit);
}

/** A word of the service's, as "continue_watching", for people. */
export const words = name => (name ?? '').replaceAll('_', ' ');
