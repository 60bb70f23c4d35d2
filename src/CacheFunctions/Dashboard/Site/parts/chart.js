// Small charts of our own: shapes are SVG and stretch; words are HTML and do not. Every chart can be read as a table.
import { h, s } from '../dom.js';

/** Columns over time, each of one or more parts laid on each other. @param points {label, values, text}, oldest first. */
export function columns({ title, points, names = [title], format, most = Math.max(...points.map(point => sum(point.values)), 0) }) {
  const width = 100 / Math.max(points.length, 1);
  const shapes = points.map((point, i) => {
    let top = 100;
    return s('g', {}, s('title', {}, `${point.label}: ${point.text}`),
      s('rect', { x: i * width, y: 0, width, height: 100, class: 'ground' }),
      point.values.map((value, part) => {
        const height = most === 0 ? 0 : 100 * value / most;
        top -= height;
        return s('rect', { x: i * width + width * 0.1, y: top, width: width * 0.8, height, class: `part-${part}` });
      }));
  });
  return figure({ title, most, format, points, names, shapes });
}

/** A line with the area under it. @param points {label, values: [value], text}, two or more, oldest first. */
export function line({ title, points, format }) {
  const most = Math.max(...points.map(point => point.values[0]));
  const x = i => 100 * i / (points.length - 1);
  const path = points.map((point, i) => `${i ? 'L' : 'M'}${x(i)} ${most === 0 ? 100 : 100 - 100 * point.values[0] / most}`).join('');
  const shapes = [
    s('path', { d: `${path}L100 100L0 100Z`, class: 'area' }),
    s('path', { d: path, class: 'line' }),
    points.map((point, i) => s('rect', { x: x(i) - 50 / points.length, y: 0, width: 100 / points.length, height: 100, class: 'ground' },
      s('title', {}, `${point.label}: ${point.text}`))),
  ];
  return figure({ title, most, format, points, names: [title], shapes });
}

/** Lying bars with their words beside them. @param items {label (text or node), value, text}. @param most what fills a bar. */
export function bars({ title, items, most = Math.max(...items.map(item => item.value), 0) }) {
  return h('figure', { class: 'bars' }, h('figcaption', {}, title), h('ul', {}, items.map(item => h('li', {},
    h('span', { class: 'label' }, item.label),
    s('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      s('rect', { x: 0, y: 0, width: 100, height: 10, class: 'track' }),
      s('rect', { x: 0, y: 0, width: most === 0 ? 0 : 100 * item.value / most, height: 10, class: `part-${item.part ?? 0}` })),
    h('span', { class: 'figure' }, item.text)))));
}

/** How full a quota is, with marks. @param marks {at, text}: at from 0 to 1. */
export function quota({ label, ratio, kind, marks }) {
  return h('div', { class: 'quota' },
    s('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      s('rect', { x: 0, y: 0, width: 100, height: 10, class: 'track' }),
      s('rect', { x: 0, y: 0, width: 100 * Math.min(1, ratio), height: 10, class: `used ${kind}` }),
      marks.map(mark => s('rect', { x: 100 * mark.at - 0.15, y: 0, width: 0.3, height: 10, class: 'mark' }, s('title', {}, mark.text)))),
    h('ul', { class: 'marks' }, marks.map(mark => h('li', {}, mark.text))));
}

function figure({ title, most, format, points, names, shapes }) {
  const told = `${title}. ${points.length === 0 ? 'No data.' : `From ${points[0].label} to ${points.at(-1).label}, at most ${format(most)}.`}`;
  return h('figure', { class: 'chart' },
    h('figcaption', {}, title),
    names.length > 1 && h('ul', { class: 'legend' }, names.map((name, i) => h('li', { class: `part-${i}` }, name))),
    h('div', { class: 'plot' },
      h('span', { class: 'most' }, format(most)),
      s('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', role: 'img', 'aria-label': told }, shapes)),
    h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', {}, points[0]?.label ?? ''), h('span', {}, points.length > 1 ? points.at(-1).label : '')),
    h('details', {}, h('summary', {}, 'As a table'),
      h('table', {}, h('caption', { class: 'unseen' }, title), h('tbody', {}, points.map(point => h('tr', {}, h('th', { scope: 'row' }, point.label), h('td', { class: 'end' }, point.text)))))));
}

const sum = values => values.reduce((all, value) => all + value, 0);
