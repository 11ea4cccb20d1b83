import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { mutantsOf, seededPick } from './mutations.js';
import { reasonOf } from './reasons.js';
import { loadReference, refusedByReference } from './reference.js';

/**
 * `npm run compare-validation -- [--data DIR] [--mutants 200] [--seed 1]`: verdicts (refused or taken) of `libs/fhir-validation` and of
 * `@medplum/core` on the resources of a folder and on mutants of them. Prints the differences by reason; ends with 1 when one has none.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['HOMEOSTAT_DATA'] ?? '../shared/data' },
    mutants: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    /** Shows every difference. */
    all: { type: 'boolean', default: false },
  },
});

interface Row {
  readonly side: 'only ours refuses' | 'only the reference refuses';
  readonly reason: string;
  count: number;
  readonly example: string;
}

const rows = new Map<string, Row>();
const totals = { same: 0, refused: 0, different: 0 };

function compare(resource: JsonObject, what: string): void {
  const plain = JSON.parse(JSON.stringify(resource)) as JsonObject;
  const parsed = parseJson(JSON.stringify(plain));
  const ours = parsed.ok
    ? validate(parsed.value as JsonObject).find(({ issue }) => issue.severity === 'error')?.issue.diagnostics
    : 'not JSON';
  const theirs = refusedByReference(plain);
  if ((ours === undefined) === (theirs === undefined)) {
    totals.same += 1;
    if (ours !== undefined) totals.refused += 1;
    return;
  }
  totals.different += 1;
  const side = ours === undefined ? 'only the reference refuses' : 'only ours refuses';
  const said = ours ?? theirs ?? '';
  const reason =
    reasonOf(side, said, what) ?? `NOT EXPLAINED: ${said.replaceAll(/[0-9]+|"[^"]*"|'[^']*'/g, '…').slice(0, 110)}`;
  if (options.all) console.log(`${what}: ${side}: ${said}`);
  const row = rows.get(`${side} ${reason}`);
  if (row === undefined)
    rows.set(`${side} ${reason}`, { side, reason, count: 1, example: `${what}: ${said.slice(0, 140)}` });
  else row.count += 1;
}

function resourcesIn(file: string): readonly JsonObject[] {
  const bytes = readFileSync(file);
  const parsed = parseJson((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  if (!parsed.ok) return [];
  const value = parsed.value as JsonObject;
  if (value['resourceType'] !== 'Bundle') return typeof value['resourceType'] === 'string' ? [value] : [];
  return ((value['entry'] ?? []) as readonly JsonObject[]).flatMap((entry) =>
    entry['resource'] === undefined ? [] : [entry['resource'] as JsonObject],
  );
}

function typeOf({ resourceType }: JsonObject): string {
  return typeof resourceType === 'string' ? resourceType : '';
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
    .filter((path) => /\.json(?:\.gz)?$/.test(path))
    .sort();
}

function main(): void {
  loadReference();
  const folders = ['fhir_examples', 'fhir_synthea'].map((name) => join(options.data, name)).filter(existsSync);
  if (folders.length === 0) {
    console.error(`no fhir_examples and fhir_synthea in ${options.data}: nothing was compared`);
    process.exitCode = 66;
    return;
  }
  const resources = folders.flatMap(filesBelow).flatMap(resourcesIn);
  for (const resource of resources) compare(resource, `${typeOf(resource)} as it is`);
  console.log(
    `${resources.length} resources as they are: ${totals.same} verdicts equal, ${totals.different} different`,
  );
  const pick = seededPick(Number(options.seed));
  const sizes = { ...totals };
  const ofType = Map.groupBy(resources, (resource) => typeOf(resource));
  for (const all of ofType.values()) {
    // The same number for each type: most of Synthea's resources are alike.
    for (let n = 0; n < Number(options.mutants); n++) {
      const resource = all[pick(all.length)];
      if (resource === undefined) continue;
      for (const { operation, path, resource: mutant } of mutantsOf(resource, 1, pick))
        compare(mutant, `${typeOf(resource)}.${path}, ${operation}`);
    }
  }
  const [same, different] = [totals.same - sizes.same, totals.different - sizes.different];
  console.log(
    `${same + different} mutants of ${ofType.size} types: ${same} verdicts equal (${totals.refused - sizes.refused} of them refusals), ${different} different`,
  );
  for (const { side, reason, count, example } of [...rows.values()].sort((a, b) => b.count - a.count))
    console.log(`${String(count).padStart(6)}  ${side}: ${reason}\n        e.g. ${example}`);
  if ([...rows.values()].some(({ reason }) => reason.startsWith('NOT EXPLAINED'))) process.exitCode = 1;
}

main();
