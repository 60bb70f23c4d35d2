// What a loop asks of its items, every item has, and nothing else; what an object is indexed by, it has.
import { walk } from './bicep.mjs';
import { itemsOf, loops } from './items.mjs';
import { textsOf } from './types.mjs';

export function checkLoops(all) {
  const problems = [];
  for (const file of all) {
    const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
    const asked = new Map();
    for (const [name, over, body] of loops(file)) {
      const items = itemsOf(over, file);
      for (const { value } of items ? walk(body) : []) {
        if (value.kind !== 'member' || value.of.kind !== 'name' || value.of.name !== name) continue;
        for (const item of items) {
          asked.set(item, (asked.get(item) ?? new Set()).add(value.property));
          if (!item.properties.some(one => one.key.text === value.property)) problem(item, `an item that is gone through as ${name} has no ${value.property}`);
        }
      }
    }
    for (const [item, names] of asked)
      for (const one of item.properties) if (!names.has(one.key.text)) problem(one, `${one.key.text} of an item is not used`);
    for (const { value } of file.expressions()) {
      const object = value.kind === 'index' && value.of.kind === 'name' && file.variables[value.of.name]?.value;
      if (object?.kind !== 'object') continue;
      for (const text of textsOf(value.index, file, all) ?? [])
        if (!object.properties.some(one => one.key.text === text)) problem(value, `${value.of.name} has no ${text}`);
    }
  }
  return problems;
}
