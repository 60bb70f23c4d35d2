// Reads a Bicep file into a plain model: declarations with expressions as small objects, each with the line it stands on.
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

const line = node => node.startPosition.row + 1;
const named = node => node.namedChildren.filter(child => child.type !== 'comment');

/** The syntax errors of a text. The grammar knows neither spread nor typed var, so these are errors too: write without them. */
function errorsOf(root) {
  const errors = [];
  const visit = node => {
    if (node.isError || node.isMissing) errors.push({ line: line(node), message: `does not parse: ${node.text.split('\n')[0].slice(0, 60) || node.type}` });
    else node.children.forEach(visit);
  };
  if (root.hasError) visit(root);
  return errors;
}

const escapes = { "\\'": "'", '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\$': '$' };

function string(node) {
  const parts = [];
  for (const child of node.namedChildren) {
    if (child.type === 'interpolation') parts.push(expression(named(child)[0]));
    else parts.push(escapes[child.text] ?? child.text);
  }
  const isPlain = parts.every(part => typeof part === 'string');
  return { kind: 'string', line: line(node), parts, text: isPlain ? parts.join('') : null };
}

function expression(node) {
  const at = { line: line(node) };
  const children = named(node);
  const field = name => expression(node.childForFieldName(name));
  switch (node.type) {
    case 'string': return string(node);
    case 'number': return { kind: 'number', ...at, value: Number(node.text) };
    case 'boolean': return { kind: 'bool', ...at, value: node.text === 'true' };
    case 'null': return { kind: 'null', ...at };
    case 'identifier': return { kind: 'name', ...at, name: node.text };
    case 'array': return { kind: 'array', ...at, items: children.map(expression) };
    case 'object': return { kind: 'object', ...at, properties: children.filter(child => child.type === 'object_property').map(property) };
    case 'parenthesized_expression': return expression(children[0]);
    case 'ternary_expression': return { kind: 'choice', ...at, condition: field('condition'), yes: field('consequence'), no: field('alternative') };
    case 'binary_expression': return {
      kind: 'binary', ...at, left: field('left'), right: field('right'),
      operator: node.childForFieldName('operator')?.text ?? node.child(1).text,
    };
    case 'unary_expression': return { kind: 'unary', ...at, operator: node.child(0).text, of: field('argument') };
    case 'member_expression': return {
      kind: 'member', ...at, of: field('object'), property: node.childForFieldName('property').text,
      isGuarded: node.children.some(child => child.type === '.?' || child.type === '!'),
    };
    case 'subscript_expression': return { kind: 'index', ...at, of: field('object'), index: field('index') };
    case 'call_expression': return {
      kind: 'call', ...at, called: field('function'), arguments: named(node.childForFieldName('arguments')).map(expression),
    };
    case 'lambda_expression': {
      const head = children[0];
      return { kind: 'lambda', ...at, names: (head.type === 'identifier' ? [head] : named(head)).map(name => name.text), body: expression(children[1]) };
    }
    case 'if_statement': return { kind: 'if', ...at, condition: expression(children[0]), body: expression(children[1]) };
    case 'for_statement': {
      const body = node.childForFieldName('body');
      const head = children[0];
      const names = head.type === 'for_loop_parameters' ? named(head).map(name => name.text) : [head.text];
      return { kind: 'for', ...at, names, over: expression(children[1]), body: expression(body) };
    }
    default: return { kind: 'unsupported', ...at, type: node.type };
  }
}

function property(node) {
  const [key, value] = named(node);
  return { line: line(node), key: key.type === 'string' ? string(key) : { kind: 'string', line: line(key), parts: [key.text], text: key.text }, value: expression(value) };
}

function decorators(node) {
  const found = {};
  for (const decorator of named(node)) {
    const call = expression(named(decorator)[0]);
    found[call.called.name] = call.arguments;
  }
  return found;
}

/** Body without the loop and the condition around it. */
function unwrap(value) {
  const names = [];
  let condition = null;
  let over = null;
  for (;;) {
    if (value.kind === 'for') { names.push(...value.names); over = value.over; value = value.body; }
    else if (value.kind === 'if') { condition = value.condition; value = value.body; }
    else return { body: value, names, over, condition };
  }
}

/** @param text of a .bicep or .bicepparam file. */
export function parse(text, path) {
  // The grammar knows no parameter files; an assignment there reads like a variable.
  const isParameters = path.endsWith('.bicepparam');
  const tree = parser.parse(isParameters ? text.replace(/^param (\w+) =/gm, 'var   $1 =') : text);
  const file = { path, text, errors: errorsOf(tree.rootNode), using: null, parameters: {}, variables: {}, resources: {}, modules: {}, outputs: {}, twice: [] };
  if (file.errors.length > 0) return file;
  let pending = {};
  const add = (group, name, declaration) => {
    const all = [file.parameters, file.variables, file.resources, file.modules];
    if (group === file.outputs ? name in file.outputs : all.some(some => Object.hasOwn(some, name))) file.twice.push({ name, line: declaration.line });
    group[name] = { name, decorators: pending, ...declaration };
    pending = {};
  };
  for (const node of named(tree.rootNode)) {
    const children = named(node);
    const name = children[0]?.text;
    const at = { line: line(node) };
    switch (node.type) {
      case 'decorators': pending = decorators(node); break;
      case 'target_scope_assignment': break;
      case 'using_statement': file.using = string(children[0]).text; break;
      case 'parameter_declaration': add(file.parameters, name, { ...at, type: children[1].text, default: children[2] ? expression(children[2]) : null }); break;
      case 'variable_declaration': add(file.variables, name, { ...at, value: expression(children[1]) }); break;
      case 'output_declaration': add(file.outputs, name, { ...at, type: children[1].text, value: expression(children[2]) }); break;
      case 'resource_declaration':
      case 'module_declaration': {
        const target = string(children[1]).text;
        const isExisting = node.children.some(child => child.type === 'existing');
        const declaration = { ...at, target, isExisting, ...unwrap(expression(children[2])) };
        add(node.type === 'resource_declaration' ? file.resources : file.modules, name, declaration);
        break;
      }
      default: file.errors.push({ line: line(node), message: `${node.type.replaceAll('_', ' ')} is not understood by this check` });
    }
  }
  return file;
}

/** Every expression in one, itself first; with the names that loops and lambdas around it declare. */
export function* walk(value, locals = []) {
  if (!value || typeof value !== 'object') return;
  yield { value, locals };
  switch (value.kind) {
    case 'string': for (const part of value.parts) yield* walk(part, locals); break;
    case 'array': for (const item of value.items) yield* walk(item, locals); break;
    case 'object': for (const one of value.properties) { yield* walk(one.key, locals); yield* walk(one.value, locals); } break;
    case 'choice': for (const one of [value.condition, value.yes, value.no]) yield* walk(one, locals); break;
    case 'binary': yield* walk(value.left, locals); yield* walk(value.right, locals); break;
    case 'unary': yield* walk(value.of, locals); break;
    case 'member': yield* walk(value.of, locals); break;
    case 'index': yield* walk(value.of, locals); yield* walk(value.index, locals); break;
    case 'call':
      // A bare function name is no symbol.
      if (value.called.kind !== 'name') yield* walk(value.called, locals);
      for (const one of value.arguments) yield* walk(one, locals);
      break;
    case 'lambda': yield* walk(value.body, [...locals, ...value.names]); break;
    case 'if': yield* walk(value.condition, locals); yield* walk(value.body, locals); break;
    case 'for': yield* walk(value.over, locals); yield* walk(value.body, [...locals, ...value.names]); break;
  }
}

/** Every expression that a file holds. */
export function* expressions(file) {
  for (const one of Object.values(file.parameters)) yield* walk(one.default);
  for (const one of Object.values(file.variables)) yield* walk(one.value);
  for (const one of Object.values(file.outputs)) yield* walk(one.value);
  for (const one of [...Object.values(file.resources), ...Object.values(file.modules)]) {
    yield* walk(one.over);
    yield* walk(one.condition, one.names);
    yield* walk(one.body, one.names);
  }
}

export const propertyOf = (object, name) => object?.kind === 'object' ? object.properties.find(one => one.key.text === name)?.value : undefined;
