// The lists that loops go through, where they are written down.

/** @returns of each loop: the name of its variable, what it goes through, its body. */
export function* loops(file) {
  for (const one of [...Object.values(file.resources), ...Object.values(file.modules)]) if (one.over) yield [one.names[0], one.over, one.body];
  for (const { value } of file.expressions()) if (value.kind === 'for') yield [value.names[0], value.over, value.body];
}

/** @returns the objects of a list that is written down; null: it is not. */
export function itemsOf(value, file) {
  switch (value.kind) {
    case 'array': return value.items.every(item => item.kind === 'object') ? value.items : null;
    case 'name': return file.variables[value.name] ? itemsOf(file.variables[value.name].value, file) : null;
    case 'choice': return together([value.yes, value.no], file);
    case 'call': return value.called.name === 'concat' ? together(value.arguments, file) : null;
    default: return null;
  }
}

function together(values, file) {
  const lists = values.map(one => itemsOf(one, file));
  return lists.every(Boolean) ? lists.flat() : null;
}

/** @returns what the variable of a loop can have as its property; empty: that cannot be known. */
export function valuesOf(name, property, file) {
  const values = [];
  for (const [variable, over] of loops(file)) {
    if (variable !== name) continue;
    for (const item of itemsOf(over, file) ?? []) values.push(...item.properties.filter(one => one.key.text === property).map(one => one.value));
  }
  return values;
}
