import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from '@jest/globals';

it('the checked-in tables are what the definitions give today', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-tables-'));
  execFileSync(process.execPath, ['dist/tools/fhir-definitions/main.js', folder]);
  const stale = [
    'libs/domain/fhir/src/structure/structure.generated.ts',
    'libs/fhir-validation/src/invariants/invariants.generated.ts',
    'libs/fhir-validation/src/profiles/profiles.generated.ts',
  ].filter((path) => readFileSync(path, 'utf8') !== readFileSync(join(folder, basename(path)), 'utf8'));
  rmSync(folder, { recursive: true });
  expect(stale).toEqual([]);
});
