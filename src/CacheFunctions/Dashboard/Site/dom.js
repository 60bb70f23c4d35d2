// The only place that makes elements. Text becomes text nodes and attributes, never markup.

const svgNamespace = 'http://www.w3.org/2000/svg';

// Control characters, and those that turn the direction of what follows: a name must not look like another.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text as it may be shown: what cannot be seen is spelled out. */
export function shown(text) {
  return String(text).replace(unseen, each => `\\u${each.codePointAt(0).toString(16).padStart(4, '0')}`);
}

/** An element. `on` holds listeners; true attributes are empty, null and false ones left out. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(svgNamespace, tag), attributes, children);
}

/** Takes the place of all that is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** What of an element can be focused, in its order. */
export const controls = element => [...element.querySelectorAll('button, a, input')];

function filled(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : name === 'value' ? String(value) : shown(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity)
    .filter(child => child !== null && child !== undefined && child !== false)
    .map(child => child instanceof Node ? child : document.createTextNode(shown(child)));
}
