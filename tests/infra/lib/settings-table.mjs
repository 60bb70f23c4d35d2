// The table of settings in docs/operations.md, and what the code reads that must stand in it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './infrastructure.mjs';
import { readSources, settingsOfCode } from './settings.mjs';

export const documentPath = join(repository, 'docs/operations.md');

/** In the table, though it is not the code but the web server that reads it, or only by a name of the caller's. */
export const ofTheServer = ['urls', 'Keys:Function:*'];

// Given by who runs the process, or sections of which the table names what stands in them.
const undocumented = ['AZURE_FUNCTIONS_ENVIRONMENT', 'FUNCTIONS_CUSTOMHANDLER_PORT', 'AzureWebJobsStorage:accountName', 'Encryption:Keys', 'Keys:Function', 'Origins'];

export const settingsToDocument = () => settingsOfCode(readSources()).read.filter(name => !undocumented.includes(name));

/** Its rows. */
export function readTable() {
  const text = readFileSync(documentPath, 'utf8');
  const rows = text.slice(text.indexOf('| Setting |')).split('\n').slice(2);
  const end = rows.findIndex(one => !one.startsWith('|'));
  return end < 0 ? rows : rows.slice(0, end);
}

/** The settings' names, as patterns: * stands for a name of the user's. */
export function documentedSettings(rows) {
  const documented = new Set();
  for (const row of rows) {
    let prefix = '';
    for (const [, name] of row.split('|')[1].matchAll(/`([^`]+)`/g)) {
      const full = (name.startsWith(':') ? prefix + name : name).replaceAll('__', ':').replace(/\{[^}]*\}/g, '*');
      // A bare __credential goes on from the service's name before it.
      documented.add(name.startsWith('__') ? `AzureWebJobsStorage${full}` : full);
      if (!name.startsWith(':')) prefix = name.replace(/:[^:]*$/, '');
    }
  }
  return [...documented];
}
