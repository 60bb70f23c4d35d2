// The app settings of every kind of deployment, as text.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appSettings } from './evaluate.mjs';
import { readAll } from './infrastructure.mjs';
import { deployments, ofTheHost } from './settings.mjs';

export const settingsPath = join(dirname(fileURLToPath(import.meta.url)), '../settings.json');

export function settingsText() {
  const all = readAll();
  const settings = Object.fromEntries(Object.entries(deployments).map(([name, given]) => [name, appSettings(all, given)]));
  return `${JSON.stringify({ notReadByTheService: ofTheHost, deployments: settings }, null, 2)}\n`;
}
