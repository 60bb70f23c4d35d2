// Figures by day. Days are those of UTC, as the service counts them.
import { get } from '../../api.js';

const pageSize = 500;
const mostPages = 4;
const mostNames = 5;
const dayOf = date => date.toISOString().slice(0, 10);

/** The last days as 2026-01-31, oldest first. */
export function eachDay(days) {
  const now = Date.now();
  return Array.from({ length: days }, (_, i) => dayOf(new Date(now - (days - 1 - i) * 86_400_000)));
}

/** The log of the last days, counted by day and kind: the most frequent kinds, and the rest as one. */
export async function operationsOf(days, signal) {
  const since = `${eachDay(days)[0]}T00:00:00Z`;
  const all = [];
  let cursor;
  let pages = 0;
  do {
    const page = await get('/api/cached/operations', { since, limit: pageSize, cursor }, signal);
    all.push(...page.operations);
    cursor = page.pagination.cursor;
  } while (cursor && ++pages < mostPages);
  const kinds = new Map();
  for (const each of all) kinds.set(each.operation_type, (kinds.get(each.operation_type) ?? 0) + 1);
  const frequent = [...kinds].sort(([, one], [, other]) => other - one).map(([name]) => name);
  const names = frequent.length > mostNames ? [...frequent.slice(0, mostNames - 1), 'others'] : frequent;
  const counts = new Map();
  for (const each of all) {
    const name = names.includes(each.operation_type) ? each.operation_type : 'others';
    const key = `${each.timestamp.slice(0, 10)} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { names, total: all.length, isCut: Boolean(cursor), count: (day, name) => counts.get(`${day} ${name}`) ?? 0 };
}
