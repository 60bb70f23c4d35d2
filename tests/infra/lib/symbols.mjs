// Every symbol is declared, once, and used; every function exists and gets as many arguments as it takes.
import { functions } from './functions.mjs';

// What an account, a vault and the like can be asked for.
const methods = new Set(['listKeys']);

export function checkSymbols(all) {
  const problems = [];
  for (const file of all) {
    const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
    const symbols = { ...file.parameters, ...file.variables, ...file.resources, ...file.modules };
    for (const one of file.twice) problem(one, `${one.name} is declared twice`);
    const used = new Set();
    for (const { value, locals } of file.expressions()) {
      if (value.kind === 'unsupported') problem(value, `${value.type.replaceAll('_', ' ')} is not understood by this check`);
      if (value.kind === 'name' && !locals.includes(value.name)) {
        used.add(value.name);
        if (!Object.hasOwn(symbols, value.name)) problem(value, `${value.name} is not declared`);
      }
      if (value.kind === 'call') checkCall(value, problem);
      const conditional = value.kind === 'member' && !value.isGuarded && (file.resources[value.of.name] ?? file.modules[value.of.name]);
      if (conditional?.condition) problem(value, `${value.of.name} is not always there; say ${value.of.name}!.${value.property} where it is`);
    }
    if (file.using) continue;
    for (const one of [...Object.values(file.parameters), ...Object.values(file.variables)])
      if (!used.has(one.name)) problem(one, `${one.name} is not used`);
    for (const one of Object.values(file.resources)) if (one.isExisting && !used.has(one.name)) problem(one, `${one.name} is not used`);
    for (const one of Object.values(file.parameters)) checkParameter(one, problem);
  }
  return problems;
}

function checkCall(call, problem) {
  if (call.called.kind === 'member') {
    if (!methods.has(call.called.property)) problem(call, `${call.called.property}() is not a function that this check knows`);
    return;
  }
  const known = functions[call.called.name];
  if (!known) return problem(call, `${call.called.name}() is not a function that this check knows`);
  const count = call.arguments.length;
  if (count < known.min || count > known.max)
    problem(call, `${call.called.name}() has ${count} arguments; it takes ${known.min === known.max ? known.min : `${known.min} to ${known.max}`}`);
}

function checkParameter(parameter, problem) {
  const { description, allowed, minValue, maxValue, minLength, maxLength } = parameter.decorators;
  if (!description?.[0]?.text) problem(parameter, `${parameter.name} has no description`);
  const value = parameter.default;
  if (!value) return;
  if (allowed && 'number string'.includes(value.kind) && !allowed[0].items.some(one => (one.text ?? one.value) === (value.text ?? value.value)))
    problem(parameter, `${parameter.name} is not one of its allowed values by default`);
  const size = value.kind === 'number' ? value.value : value.text?.length ?? value.items?.length;
  const [low, high] = [(minValue ?? minLength)?.[0].value, (maxValue ?? maxLength)?.[0].value];
  if (size !== undefined && (size < low || size > high)) problem(parameter, `${parameter.name} is ${size} by default; it must be ${low ?? 'anything'} to ${high ?? 'anything'}`);
}
