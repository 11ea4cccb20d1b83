import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { searchValuesOf } from '#libs/fhir-search';
import { validate } from '#libs/fhir-validation';
import { largeBundle } from './large-bundle.js';
import { machine } from '../machine.js';

/**
 * `npm run bench:fhir-core`: what a resource costs the pure core, by type, in CPU microseconds: validated against R4, and its search
 * values. Bundles made here, or those of a folder (`-- --bundles FOLDER`: JSON, or gzip of it), are gone through until the time of each
 * type is over one second.
 */
const { values: options } = parseArgs({ options: { bundles: { type: 'string' } } });
/** An Observation that claims a profile, beside the same without the claim. */
const CLAIM = 'http://hl7.org/fhir/StructureDefinition/heartrate';
const MS_PER_FIGURE = 1_000;

console.log(machine());
const byType = new Map<string, JsonObject[]>();
for (const resource of resources()) {
  const type = resource['resourceType'] as string;
  byType.set(type, [...(byType.get(type) ?? []), resource]);
}
const observations = byType.get('Observation') ?? [];
byType.set('Observation, heartrate claimed', observations.filter(isHeartRate).map(claiming));
for (const [type, list] of [...byType].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (list.length === 0) continue;
  const validated = cost(list, (resource) => void validate(resource));
  const indexed = cost(list, (resource) => void searchValuesOf(resource));
  const shown = (us: number): string => us.toFixed(1).padStart(8);
  console.log(
    `${type.padEnd(32)} ${String(list.length).padStart(6)} validate ${shown(validated)} search values ${shown(indexed)} µs`,
  );
}

/** CPU (user and system) of one resource, µs; once through all of them beforehand, so that what is compiled is compiled. */
function cost(list: readonly JsonObject[], work: (resource: JsonObject) => void): number {
  for (const resource of list) work(resource);
  let done = 0;
  const from = process.cpuUsage();
  for (const until = performance.now() + MS_PER_FIGURE; performance.now() < until; done += list.length)
    for (const resource of list) work(resource);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / done;
}

function resources(): readonly JsonObject[] {
  const folder = options.bundles;
  if (folder === undefined) return resourcesOf(JSON.stringify(largeBundle(1_000)));
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  return readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    return resourcesOf((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  });
}

function resourcesOf(text: string): readonly JsonObject[] {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  const { entry } = parsed.value as { readonly entry: readonly { readonly resource: JsonObject }[] };
  return entry.map(({ resource }) => resource);
}

function isHeartRate({ code }: JsonObject): boolean {
  return JSON.stringify(code).includes('"8867-4"');
}

function claiming(resource: JsonObject): JsonObject {
  return { ...resource, meta: { profile: [CLAIM] } };
}
