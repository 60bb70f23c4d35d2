// Writes settings.json, which the tests of the service start it with: npm run settings.
import { writeFileSync } from 'node:fs';
import { settingsText, settingsPath } from './lib/deployed-settings.mjs';

writeFileSync(settingsPath, settingsText());
