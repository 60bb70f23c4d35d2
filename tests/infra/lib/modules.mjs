// Modules are files here, and fit: every parameter they need is given, in its type; every output that is asked for exists.
import { propertyOf } from './bicep.mjs';
import { outputOf, textsOf, typesOf } from './types.mjs';

export function checkModules(all) {
  const problems = [];
  const asked = new Set();
  for (const file of all) {
    const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
    for (const module of Object.values(file.modules)) checkCall(module, file, all, problem);
    for (const { value } of file.expressions()) {
      const output = outputOf(value, file, all);
      if (!output) continue;
      asked.add(`${output.target.path} ${output.name}`);
      if (!output.declaration) problem(value, `${output.target.path} has no output ${output.name}`);
    }
    if (file.using) checkParameterFile(file, all, problem);
  }
  for (const file of all.filter(one => one.path.includes('/'))) {
    for (const output of Object.values(file.outputs))
      if (!asked.has(`${file.path} ${output.name}`)) problems.push({ path: file.path, line: output.line, message: `the output ${output.name} is not used` });
    if (!all.some(other => Object.values(other.modules).some(module => module.target === file.path)))
      problems.push({ path: file.path, line: 1, message: 'no module is made of this file' });
  }
  return problems;
}

const ofModules = ['name', 'params', 'scope', 'dependsOn'];

function checkCall(module, file, all, problem) {
  for (const one of module.body.properties ?? []) if (!ofModules.includes(one.key.text)) problem(one, `a module has no property ${one.key.text}`);
  if (!propertyOf(module.body, 'name')) problem(module, `${module.name} lacks name`);
  if (/^(br|ts|http)/.test(module.target)) return problem(module, `${module.target} is a remote module; only files beneath infra/ are`);
  const target = all.find(one => one.path === module.target);
  if (!target) return problem(module, `there is no ${module.target}`);
  const given = propertyOf(module.body, 'params')?.properties ?? [];
  for (const one of given) fits(one, target, file, all, problem);
  for (const one of Object.values(target.parameters))
    if (!one.default && !one.type.endsWith('?') && !given.some(other => other.key.text === one.name)) problem(module, `${module.name} lacks the parameter ${one.name}`);
}

function fits(one, target, file, all, problem) {
  const parameter = target.parameters[one.key.text];
  if (!parameter) return problem(one, `${target.path} has no parameter ${one.key.text}`);
  const wanted = parameter.type.replace(/\?$/, '');
  for (const type of typesOf(one.value, file, all))
    if (type !== 'any' && type !== wanted && !(type === 'null' && parameter.type.endsWith('?'))) problem(one, `${one.key.text} is ${type}; ${target.path} wants ${wanted}`);
  const allowed = parameter.decorators.allowed?.[0].items.map(item => item.text);
  for (const text of textsOf(one.value, file, all) ?? [])
    if (allowed && !allowed.includes(text)) problem(one, `${one.key.text} is '${text}'; ${target.path} allows ${allowed.join(', ')}`);
}

function checkParameterFile(file, all, problem) {
  const target = all.find(one => `./${one.path}` === file.using);
  if (!target) return problem({ line: 1 }, `there is no ${file.using}`);
  for (const one of Object.values(file.variables)) fits({ line: one.line, key: { text: one.name }, value: one.value }, target, file, all, problem);
  for (const one of Object.values(target.parameters))
    if (!one.default && !(one.name in file.variables)) problem({ line: 1 }, `${one.name} of ${target.path} is missing`);
}
