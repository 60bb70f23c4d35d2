// Computes what main.bicep sets, for given parameters, without Azure: what only a deployment knows becomes a plausible text.
import { propertyOf } from './bicep.mjs';

/** What Azure would answer, by the property's path. */
const answers = {
  'properties.primaryEndpoints.blob': 'https://account.blob.core.windows.net/',
  'properties.primaryEndpoints.queue': 'https://account.queue.core.windows.net/',
  'properties.primaryEndpoints.table': 'https://account.table.core.windows.net/',
  'properties.vaultUri': 'https://vault.vault.azure.net/',
  'properties.endpoint': 'https://topic.westeurope-1.eventgrid.azure.net/api/events',
  'properties.ConnectionString': 'InstrumentationKey=00000000-0000-0000-0000-000000000000',
};

const functions = {
  // Not the subnet, but which one it is.
  cidrSubnet: (prefix, length, index) => `${prefix}:${length}:${index}`,
  concat: (...parts) => parts.flat(),
  empty: value => value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0),
  replace: (text, old, fresh) => text.replaceAll(old, fresh),
  resourceGroup: () => ({ id: 'group', location: 'westeurope' }),
  subscription: () => ({ tenantId: 'tenant' }),
  string: value => typeof value === 'string' ? value : JSON.stringify(value),
  take: (value, count) => value.slice(0, count),
  toLower: text => text.toLowerCase(),
  union: (...objects) => Object.assign({}, ...objects),
  uniqueString: () => 'abcdefghijklm',
  toObject: (list, key, value) => Object.fromEntries(list.map(one => [key(one), value ? value(one) : one])),
};

class Scope {
  constructor(file, all, given) { Object.assign(this, { file, all, given, locals: {} }); }

  with(locals) { const inner = new Scope(this.file, this.all, this.given); inner.locals = { ...this.locals, ...locals }; return inner; }

  name(name) {
    const { file } = this;
    if (name in this.locals) return this.locals[name];
    if (name in file.parameters) {
      if (name in this.given) return this.given[name];
      const { default: otherwise } = file.parameters[name];
      if (!otherwise) throw new Error(`${file.path}: ${name} is not given`);
      return this.value(otherwise);
    }
    if (name in file.variables) return this.value(file.variables[name].value);
    if (name in file.resources) return { resource: file.resources[name], path: [] };
    if (name in file.modules) return { module: file.modules[name] };
    throw new Error(`${file.path}: ${name} is not declared`);
  }

  value(value) {
    switch (value.kind) {
      case 'string': return value.parts.map(part => typeof part === 'string' ? part : text(this.value(part))).join('');
      case 'number': case 'bool': return value.value;
      case 'null': return null;
      case 'name': return this.name(value.name);
      case 'array': return value.items.map(item => this.value(item));
      case 'object': return Object.fromEntries(value.properties.map(one => [this.value(one.key), this.value(one.value)]));
      case 'choice': return this.value(this.value(value.condition) ? value.yes : value.no);
      case 'unary': return value.operator === '!' ? !this.value(value.of) : -this.value(value.of);
      case 'binary': return this.binary(value);
      case 'lambda': return (...given) => this.with(Object.fromEntries(value.names.map((name, i) => [name, given[i]]))).value(value.body);
      case 'index': return this.value(value.of)[this.value(value.index)];
      case 'member': return this.member(this.value(value.of), value.property);
      case 'call': {
        const known = functions[value.called.name];
        if (!known) throw new Error(`${this.file.path}:${value.line}: ${value.called.name}() is not evaluated`);
        return known(...value.arguments.map(one => this.value(one)));
      }
      default: throw new Error(`${this.file.path}:${value.line}: ${value.kind} is not evaluated`);
    }
  }

  binary({ operator, left, right }) {
    const [a, b] = [this.value(left), () => this.value(right)];
    switch (operator) {
      case '==': return a === b();
      case '!=': return a !== b();
      case '&&': return a && b();
      case '||': return a || b();
      case '*': return a * b();
      // Of whole numbers, as Bicep knows no others.
      case '/': return Math.trunc(a / b());
      case '+': return a + b();
      default: throw new Error(`${operator} is not evaluated`);
    }
  }

  member(of, property) {
    if (of?.module) return property === 'outputs' ? { outputs: this.module(of.module) } : undefined;
    if (of?.outputs) return of.outputs.value(of.outputs.file.outputs[property].value);
    if (of?.resource) return { resource: of.resource, path: [...of.path, property] };
    return of?.[property];
  }

  module(module) {
    const target = this.all.find(one => one.path === module.target);
    const given = Object.fromEntries((propertyOf(module.body, 'params')?.properties ?? []).map(one => [one.key.text, settled(this.value(one.value))]));
    return new Scope(target, this.all, given);
  }
}

/** A reference that a text is made of. */
const text = value => String(settled(value));

const settled = value => value?.resource
  ? answers[value.path.join('.')] ?? `${value.resource.name}-${value.path.at(-1)}`
  : Array.isArray(value) ? value.map(settled)
    : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, settled(one)]))
      : value;

/** @returns what a resource of a module of main.bicep holds, for these parameters of main.bicep. */
export function bodyOf(all, given, moduleName, resourceName) {
  const main = new Scope(all.find(one => one.path === 'main.bicep'), all, given);
  const module = main.module(main.file.modules[moduleName]);
  return settled(module.value(module.file.resources[resourceName].body));
}

/** @returns the app settings that main.bicep makes. */
export const appSettings = (all, given) => bodyOf(all, given, 'functionApp', 'appSettings').properties;
