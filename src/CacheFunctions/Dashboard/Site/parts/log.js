// Operations of a log: what happened, to what, by whom, why.
import { h } from '../dom.js';
import { time, words } from '../format.js';
import { badge, table } from './table.js';

export const logTable = (caption, none) => table({
  caption,
  none,
  key: operation => operation.id,
  columns: [
    { title: 'When', cell: operation => time(operation.timestamp) },
    { title: 'What', cell: operation => [words(operation.operation_type), ' ', !operation.success && badge('failed', 'bad')] },
    { title: 'File', wide: true, cell: operation => h('bdi', {}, operation.file_path) },
    { title: 'By', cell: operation => operation.triggered_by_user ?? words(operation.triggered_by) },
    { title: 'Why', wide: true, cell: operation => [operation.reason, operation.error_message && h('p', { class: 'bad' }, operation.error_message)] },
  ],
});

/** The same, short, as a list: for one thing's own history. */
export const historyList = operations => h('ol', { class: 'history' }, operations.map(operation => h('li', {},
  time(operation.timestamp), ' ', h('strong', {}, words(operation.operation_type)), !operation.success && [' ', badge('failed', 'bad')],
  operation.triggered_by_user && [' by ', h('bdi', {}, operation.triggered_by_user)],
  operation.reason && [': ', operation.reason], operation.error_message && h('p', { class: 'bad' }, operation.error_message))));
