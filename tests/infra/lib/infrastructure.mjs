// Where the infrastructure lies, and all of its Bicep files.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expressions, parse } from './bicep.mjs';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const folder = join(repository, 'infra');

/** @returns the texts of all Bicep files by their paths beneath the folder. */
export function readTexts() {
  const paths = readdirSync(folder, { recursive: true }).map(String).filter(path => /\.bicep(param)?$/.test(path)).sort();
  return new Map(paths.map(path => [path, readFileSync(join(folder, path), 'utf8')]));
}

// The tests change one file at a time.
const parsed = new Map();

function parseOnce(path, text) {
  const key = `${path}\n${text}`;
  if (!parsed.has(key)) {
    const file = parse(text, path);
    const all = file.errors.length > 0 ? [] : [...expressions(file)];
    parsed.set(key, { ...file, expressions: () => all });
  }
  return parsed.get(key);
}

export const parseAll = texts => [...texts].map(([path, text]) => parseOnce(path, text));

export const readAll = () => parseAll(readTexts());
