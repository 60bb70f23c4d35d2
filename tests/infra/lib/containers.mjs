// The account has every container that the code names, and no lifecycle rule reaches what only the service may delete.
import { bodyOf } from './evaluate.mjs';

const mayBeDeleted = ['uploads/', 'dead-letter/'];

export function checkContainers(all, sources) {
  const problems = [];
  const file = all.find(one => one.path === 'modules/storage.bicep');
  const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
  const declared = file.variables.containerNames;
  const names = declared.value.items.map(one => one.text);
  const minted = sources.find(one => one.path.endsWith('Content/ContentName.cs')).text;
  for (const [, name] of minted.matchAll(/public const string \w+ = "([^"]+)"/g))
    if (!names.includes(name)) problem(declared, `the container ${name}, which the code names, is not made`);
  const { lifecycle } = file.resources;
  for (const rule of bodyOf(all, {}, 'storage', 'lifecycle').properties.policy.rules) {
    const prefixes = rule.definition.filters.prefixMatch ?? [];
    if (prefixes.length === 0) problem(lifecycle, `the lifecycle rule ${rule.name} reaches every container`);
    for (const prefix of prefixes) if (!mayBeDeleted.includes(prefix)) problem(lifecycle, `the lifecycle rule ${rule.name} reaches ${prefix}, which only the service may delete`);
  }
  return problems;
}
