// Which type an expression has, and which texts it can be, as far as that can be known without deploying.
import { functions } from './functions.mjs';
import { valuesOf } from './items.mjs';

const operators = { '==': 'bool', '!=': 'bool', '&&': 'bool', '||': 'bool', '<': 'bool', '>': 'bool', '<=': 'bool', '>=': 'bool', '-': 'int', '*': 'int', '/': 'int', '%': 'int', '+': 'int' };

/** @returns the types an expression may have: string, int, bool, array, object, null, or any where it is not known. */
export function typesOf(value, file, all) {
  switch (value.kind) {
    case 'string': return ['string'];
    case 'number': return ['int'];
    case 'bool': case 'null': case 'array': case 'object': return [value.kind];
    case 'for': return ['array'];
    case 'binary': return [operators[value.operator] ?? 'any'];
    case 'unary': return [value.operator === '!' ? 'bool' : 'int'];
    case 'choice': return [...typesOf(value.yes, file, all), ...typesOf(value.no, file, all)];
    case 'call': {
      const gives = functions[value.called.name]?.gives ?? 'any';
      // Objects make an object, arrays an array.
      return gives === 'any' && value.called.name === 'union' ? typesOf(value.arguments[0], file, all) : [gives];
    }
    case 'name':
      if (value.name in file.parameters) return [file.parameters[value.name].type.replace(/\?$/, '')];
      if (value.name in file.variables) return typesOf(file.variables[value.name].value, file, all);
      return ['any'];
    case 'member': {
      if (value.of.kind === 'name') {
        const values = valuesOf(value.of.name, value.property, file);
        if (values.length > 0) return [...new Set(values.flatMap(one => typesOf(one, file, all)))];
      }
      const output = outputOf(value, file, all);
      return output ? [output.declaration?.type ?? 'any'] : ['any'];
    }
    default: return ['any'];
  }
}

/** Of module.outputs.x: the module's file and its output; null: it is something else. */
export function outputOf(value, file, all) {
  if (value.kind !== 'member' || value.of.kind !== 'member' || value.of.property !== 'outputs' || value.of.of.kind !== 'name') return null;
  const module = file.modules[value.of.of.name];
  const target = module && all.find(one => one.path === module.target);
  return target ? { target, name: value.property, declaration: target.outputs[value.property] } : null;
}

/** @returns every text that an expression can be; null where others are possible. */
export function textsOf(value, file, all) {
  switch (value.kind) {
    case 'string': return value.text === null ? null : [value.text];
    case 'choice': {
      const [yes, no] = [textsOf(value.yes, file, all), textsOf(value.no, file, all)];
      return yes && no && [...yes, ...no];
    }
    case 'name': {
      if (value.name in file.variables) return textsOf(file.variables[value.name].value, file, all);
      const parameter = file.parameters[value.name];
      if (!parameter) return null;
      const allowed = parameter.decorators.allowed?.[0].items;
      if (allowed) return allowed.every(one => one.kind === 'string') ? allowed.map(one => one.text) : null;
      // What the callers of this module give.
      const given = all.flatMap(caller => Object.values(caller.modules).filter(module => module.target === file.path)
        .map(module => [caller, module.body.properties?.find(one => one.key.text === 'params')?.value.properties.find(one => one.key.text === value.name)?.value]));
      if (given.length === 0 || given.some(([, one]) => !one)) return null;
      const texts = given.map(([caller, one]) => textsOf(one, caller, all));
      return texts.every(Boolean) ? texts.flat() : null;
    }
    case 'member': {
      const values = value.of.kind === 'name' ? valuesOf(value.of.name, value.property, file).map(one => textsOf(one, file, all)) : [];
      return values.length > 0 && values.every(Boolean) ? values.flat() : null;
    }
    default: return null;
  }
}
