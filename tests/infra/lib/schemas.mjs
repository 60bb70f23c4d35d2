// Holds every resource body to the schema of its type: names of properties, types, allowed values, required, read-only.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { byHand } from '../schemas/by-hand.mjs';
import { textsOf, typesOf } from './types.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../schemas/extracted');
const loaded = new Map();

/** @returns null: no schema is kept for it. */
export function schemaOf(resourceType) {
  if (!loaded.has(resourceType)) {
    const path = join(folder, `${resourceType.replaceAll('/', '.')}.json`);
    loaded.set(resourceType, byHand[resourceType] ?? (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null));
  }
  return loaded.get(resourceType);
}

// What Bicep itself understands in a resource's body.
const ofBicep = new Set(['parent', 'scope', 'dependsOn']);

export function checkSchemas(all) {
  const problems = [];
  for (const file of all) {
    for (const resource of Object.values(file.resources)) new BodyCheck(file, all, problems).resource(resource);
    for (const one of references(file)) new BodyCheck(file, all, problems).reference(one);
  }
  return problems;
}

class BodyCheck {
  constructor(file, all, problems) { Object.assign(this, { file, all, problems }); }

  problem(at, message) { this.problems.push({ path: this.file.path, line: at.line, message }); }

  resource(resource) {
    const [type, version] = resource.target.split('@');
    this.schema = schemaOf(type);
    if (!this.schema) return this.problem(resource, `${type} has no schema here; extract it, or write one by hand (tests/infra/schemas)`);
    const wanted = this.schema.resource.split('@')[1];
    if (version !== wanted) this.problem(resource, `${type} has the api-version ${version}; its schema is that of ${wanted}`);
    this.parent(resource, type);
    if (resource.body.kind !== 'object') return this.problem(resource, `${resource.name} has no object as its body`);
    if (resource.isExisting) {
      if (!resource.body.properties.some(one => one.key.text === 'name')) this.problem(resource, `${resource.name} lacks name`);
      return;
    }
    this.object(resource.body, this.schema.body, resource.target.split('@')[0], ofBicep);
  }

  /** A child's type begins with its parent's. */
  parent(resource, type) {
    const value = resource.body.properties?.find(one => one.key.text === 'parent')?.value;
    const name = value?.kind === 'index' ? value.of.name : value?.name;
    const isChild = type.split('/').length > 2;
    if (isChild !== Boolean(value)) return this.problem(resource, isChild ? `${resource.name} lacks parent` : `${resource.name} has a parent, but its type has none`);
    const parent = this.file.resources[name];
    if (parent && `${parent.target.split('@')[0]}/${type.split('/').at(-1)}` !== type)
      this.problem(value, `${resource.name} is a ${type}, which cannot have the parent ${name} (${parent.target.split('@')[0]})`);
  }

  object(value, shape, where, besides = new Set()) {
    let properties = shape.properties;
    if (shape.discriminator) {
      const chosen = this.element(value, shape, where);
      if (!chosen) return;
      properties = { ...properties, ...chosen.properties };
    }
    const known = new Map(Object.entries(properties));
    for (const one of value.properties) {
      const name = one.key.text;
      if (name === null) {
        if (!shape.others) this.problem(one, `${where} takes no properties with names that are computed`);
        continue;
      }
      if (besides.has(name)) continue;
      const declared = known.get(name) ?? shape.others;
      if (!declared) { this.problem(one, `${where} has no property ${name}${near(name, [...known.keys()])}`); continue; }
      const [type, ...flags] = declared.split(';');
      if (flags.includes('ReadOnly') && !flags.includes('Required')) { this.problem(one, `${where}.${name} is read-only`); continue; }
      this.value(one.value, type, `${where}.${name}`);
    }
    for (const [name, declared] of known) {
      const [, ...flags] = declared.split(';');
      if (flags.includes('Required') && !flags.includes('ReadOnly') && !value.properties.some(one => one.key.text === name)) this.problem(value, `${where} lacks ${name}`);
    }
  }

  element(value, shape, where) {
    const kind = value.properties.find(one => one.key.text === shape.discriminator)?.value;
    const allowed = shape.elements.map(element => element.properties[shape.discriminator].split(';')[0]);
    const text = kind?.kind === 'string' ? kind.text : null;
    const index = allowed.indexOf(text);
    if (index < 0) this.problem(kind ?? value, `${where}.${shape.discriminator} must be one of ${allowed.join(', ')}`);
    return shape.elements[index];
  }

  value(value, type, where) {
    if (type === 'any' || this.schema.cut.includes(type)) return;
    if (value.kind === 'choice') {
      this.value(value.yes, type, where);
      return this.value(value.no, type, where);
    }
    if (value.kind === 'name' && value.name in this.file.variables && this.file.variables[value.name].value.kind === 'object')
      return this.value(this.file.variables[value.name].value, type, where);
    if (value.kind === 'call' && value.called.name === 'union' && !type.endsWith('[]')) {
      for (const part of value.arguments) if (!(part.kind === 'object' && part.properties.length === 0)) this.value(part, type, where);
      return;
    }
    // Null leaves the property out.
    if (value.kind === 'null') return;
    if (type.endsWith('[]')) {
      if (value.kind === 'array') value.items.forEach((item, i) => this.value(item, type.slice(0, -2), `${where}[${i}]`));
      else if (value.kind === 'for') this.value(value.body, type.slice(0, -2), `${where}[]`);
      else this.fits(value, 'array', where);
      return;
    }
    const shape = this.schema.types[type];
    if (shape) {
      if (value.kind === 'object') this.object(value, shape, where);
      else this.fits(value, 'object', where);
      return;
    }
    if (['string', 'int', 'bool'].includes(type)) return this.fits(value, type, where);
    const allowed = type.split(' | ').filter(one => one !== 'string');
    this.fits(value, 'string', where);
    for (const text of textsOf(value, this.file, this.all) ?? [])
      if (!allowed.includes(text)) this.problem(value, `${where} is '${text}'; it must be one of ${allowed.join(', ')}`);
  }

  fits(value, type, where) {
    for (const found of typesOf(value, this.file, this.all))
      if (found !== 'any' && found !== type && found !== 'null') this.problem(value, `${where} is ${article(found)}; it must be ${article(type)}`);
  }

  /** resource.properties.x.y must be something that the resource has. */
  reference({ resource, path, value }) {
    this.schema = schemaOf(resource.target.split('@')[0]);
    let shape = this.schema?.body;
    for (const name of path) {
      if (!shape || shape.discriminator || shape.others) return;
      const declared = shape.properties[name];
      if (!declared) return this.problem(value, `${resource.target.split('@')[0]} has no ${path.join('.')}${near(name, Object.keys(shape.properties))}`);
      shape = this.schema.types[declared.split(';')[0]];
    }
  }
}

function* references(file) {
  const seen = new Set();
  for (const { value } of file.expressions()) {
    if (value.kind === 'call') seen.add(value.called);
    if (value.kind !== 'member' || seen.has(value)) continue;
    const path = [];
    let at = value;
    for (; at.kind === 'member'; at = at.of) { seen.add(at); path.unshift(at.property); }
    if (at.kind === 'index') at = at.of;
    if (at.kind === 'name' && at.name in file.resources) yield { resource: file.resources[at.name], path, value };
  }
}

const article = type => type === 'int' ? 'a whole number' : type === 'bool' ? 'true or false' : `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;

function near(name, names) {
  const same = names.find(one => one.toLowerCase() === name.toLowerCase()) ?? names.find(one => one.toLowerCase().startsWith(name.toLowerCase().slice(0, 6)));
  return same ? `; ${same}?` : '';
}
