// Adds to the table of docs/operations.md a row for each setting that it lacks, without its meaning: npm run settings-table.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentPath, documentedSettings, readTable, settingsToDocument } from './lib/settings-table.mjs';

const rows = readTable();
const known = documentedSettings(rows);
const missing = settingsToDocument().filter(name => !known.includes(name));
const last = rows.findLast(row => row.startsWith('|'));
const added = missing.map(name => `\n| \`${name.replaceAll('*', '{name}')}\` | |`).join('');
writeFileSync(documentPath, readFileSync(documentPath, 'utf8').replace(last, () => last + added));
console.log(missing.length === 0 ? 'No row is missing.' : `Added, to be explained: ${missing.join(', ')}`);
