// Checks infra/ without deploying it: npm run check. Prints what is wrong, one problem a line, and exits with 1.
import { check } from './lib/check.mjs';
import { readTexts } from './lib/infrastructure.mjs';
import { readSources } from './lib/settings.mjs';

const problems = check(readTexts(), readSources());
for (const one of problems) console.error(`infra/${one.path}:${one.line}: ${one.message}`);
console.log(problems.length === 0 ? 'infra: no problem found' : `infra: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
