import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

it('the checked-in table is what the definitions give today', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-structure-'));
  const made = join(folder, 'structure.generated.ts');
  execFileSync(process.execPath, ['tools/generate-fhir-structure.ts', made]);
  const fresh = readFileSync(made, 'utf8');
  rmSync(folder, { recursive: true });
  expect(readFileSync('libs/domain/fhir/src/structure/structure.generated.ts', 'utf8') === fresh).toBe(true);
});
