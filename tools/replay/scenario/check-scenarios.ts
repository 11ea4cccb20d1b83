import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '#libs/domain/twin';
import { checkScenario } from './check-scenario.js';
import { readScenario, ScenarioError } from './scenario.js';

/** Runs all scenarios of a folder and prints how each ended; true when all ended as they should. */
export function checkScenarios(catalogue: Catalogue, folder: string): boolean {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (names.length === 0) throw new ScenarioError(`${folder}: no scenario there (*.json)`);
  let failed = 0;
  for (const name of names.sort()) {
    const { problems, emitted } = checkScenario(catalogue, readScenario(join(folder, name)));
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    if (problems.length === 0) continue;
    failed++;
    for (const problem of problems) console.log(`         ${problem}`);
    console.log('       emitted:');
    for (const line of emitted) console.log(`         ${line}`);
  }
  console.log(`\n${names.length} scenarios, ${failed} failed`);
  return failed === 0;
}
