import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../lib/check.mjs';
import { readTexts } from '../lib/infrastructure.mjs';
import { readSources } from '../lib/settings.mjs';

/** Names that are free: that of a mount. */
const free = ['modules/function-app.bicep: nas'];

test('Every property name is missed if it is misspelt', () => {
  const sources = readSources();
  const texts = readTexts();
  let tried = 0;
  const unnoticed = [];
  for (const [path, text] of texts) {
    const lines = text.split('\n');
    for (const [i, line] of lines.entries()) {
      const [, name] = line.match(/^\s+(\w{3,}): /) ?? [];
      if (!name || /^\s*\/\//.test(line)) continue;
      tried++;
      const misspelt = lines.with(i, line.replace(`${name}:`, `${name}x:`)).join('\n');
      if (check(new Map(texts).set(path, misspelt), sources).length === 0) unnoticed.push(`${path}: ${name}`);
    }
  }
  assert.ok(tried > 500, `only ${tried} names were tried`);
  assert.deepEqual(unnoticed, free);
});
