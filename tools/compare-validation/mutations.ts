import type { JsonObject } from '#libs/domain/fhir';

/** Plain JSON, numbers as doubles: what both validators are given. */
export type Json = null | boolean | number | string | Json[] | Members;
interface Members {
  [name: string]: Json;
}

/** A whole number from 0 on, below the limit. */
export type Pick = (limit: number) => number;

/** A resource with one fault that was made on purpose, or with a change that is none. */
export interface Mutant {
  readonly operation: string;
  /** Place of the change, as names and indexes. */
  readonly path: string;
  readonly resource: JsonObject;
}

/** The same numbers in every run (Park and Miller, CACM 31, 1988: multiplier 48271). */
export function seededPick(seed: number): Pick {
  let state = (seed % 2_147_483_646) + 1;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * limit);
  };
}

interface Site {
  readonly parent: Members | Json[];
  readonly key: string | number;
  readonly value: Json;
  readonly path: string;
}

const OPERATIONS: Readonly<Record<string, (site: Site, pick: Pick) => boolean>> = {
  'element left out': ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return true;
  },
  'unknown element': ({ value }) => {
    if (!isMembers(value)) return false;
    value['unknownElement'] = 'x';
    return true;
  },
  'text in place of it': (site) => typeof site.value !== 'string' && put(site, 'text'),
  'number in place of a text': (site) => typeof site.value === 'string' && put(site, 5),
  'object in place of a primitive': (site) => typeof site.value !== 'object' && put(site, { value: 'x' }),
  'list in place of one': (site) =>
    !Array.isArray(site.value) && !Array.isArray(site.parent) && put(site, [site.value]),
  'one in place of a list': (site) =>
    Array.isArray(site.value) && site.value.length > 0 && put(site, site.value[0] ?? ''),
  'empty text': (site) => typeof site.value === 'string' && put(site, ''),
  'empty list': (site) => Array.isArray(site.value) && put(site, []),
  'empty object': (site) => isMembers(site.value) && put(site, {}),
  null: (site) => put(site, null),
  'other text': (site, pick) => typeof site.value === 'string' && put(site, TEXTS[pick(TEXTS.length)] ?? ''),
  'other number': (site, pick) => typeof site.value === 'number' && put(site, [-1, 0, 1.5, 1e15][pick(4)] ?? 0),
  'other boolean': (site) => typeof site.value === 'boolean' && put(site, !site.value),
  'item twice': ({ value }) => {
    if (!Array.isArray(value) || value.length === 0) return false;
    value.push(structuredClone(value[0] ?? null));
    return true;
  },
  'second choice': ({ parent, key }) => {
    const [, name] = /^(value|effective|onset|deceased|multipleBirth|medication)[A-Z]/.exec(String(key)) ?? [];
    if (name === undefined || Array.isArray(parent)) return false;
    const other = `${name}${key === `${name}Boolean` ? 'String' : 'Boolean'}`;
    parent[other] = other.endsWith('Boolean') ? true : 'x';
    return true;
  },
  extension: ({ value }) => {
    if (!isMembers(value)) return false;
    value['extension'] = [{ url: 'http://example.org/any', valueString: 'x' }];
    return true;
  },
  'extension without a value': ({ value }) => {
    if (!isMembers(value)) return false;
    value['extension'] = [{ url: 'http://example.org/any' }];
    return true;
  },
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

const TEXTS = [
  'unheard-of',
  '2026-02-30',
  '2026-01-01',
  'http://example.org/x',
  ' padded ',
  'Patient/1',
  '12:61:00',
  'a/b c',
  '<b>x</b>',
];

/** `count` mutants of a resource; fewer where operations find no place. */
export function mutantsOf(resource: JsonObject, count: number, pick: Pick): readonly Mutant[] {
  const mutants: Mutant[] = [];
  for (let n = 0; n < count; n++) {
    const copy = JSON.parse(JSON.stringify(resource)) as Members;
    const sites = sitesOf(copy);
    const operation = OPERATION_NAMES[pick(OPERATION_NAMES.length)] ?? '';
    for (let attempt = 0; attempt < 20; attempt++) {
      const site = sites[pick(sites.length)];
      if (site === undefined || OPERATIONS[operation]?.(site, pick) !== true) continue;
      mutants.push({ operation, path: site.path, resource: copy as JsonObject });
      break;
    }
  }
  return mutants;
}

/** All places but the type and the id of the resource. */
function sitesOf(value: Json, path = ''): readonly Site[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Members | Json[];
  return Object.entries(value).flatMap(([name, below]: [string, Json]): readonly Site[] => {
    if (path === '' && (name === 'resourceType' || name === 'id')) return [];
    const place = Array.isArray(value) ? `${path}[]` : path === '' ? name : `${path}.${name}`;
    return [
      { parent, key: Array.isArray(value) ? Number(name) : name, value: below, path: place },
      ...sitesOf(below, place),
    ];
  });
}

function put({ parent, key }: Site, value: Json): true {
  (parent as Members)[key] = value;
  return true;
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
