// All checks of the infrastructure in one.
import { checkAlerts } from './alerts.mjs';
import { checkContainers } from './containers.mjs';
import { parseAll } from './infrastructure.mjs';
import { checkLoops } from './loops.mjs';
import { checkModules } from './modules.mjs';
import { checkRoles } from './roles.mjs';
import { checkSchemas } from './schemas.mjs';
import { checkSecrets } from './secrets.mjs';
import { checkSettings } from './settings.mjs';
import { checkSymbols } from './symbols.mjs';

/**
 * @param texts of all Bicep files by path.
 * @param sources of the product in C#.
 */
export function check(texts, sources) {
  const all = parseAll(texts);
  const errors = all.flatMap(file => file.errors.map(error => ({ path: file.path, ...error })));
  // What does not parse cannot be looked into; what does not fit together cannot be computed.
  if (errors.length > 0) return errors;
  const problems = [checkSymbols, checkSchemas, checkLoops, checkModules, checkRoles, checkSecrets].flatMap(one => one(all));
  return problems.length > 0 ? problems : [checkSettings, checkAlerts, checkContainers].flatMap(one => one(all, sources));
}
