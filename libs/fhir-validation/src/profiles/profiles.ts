import { isResourceType, type ValueSet } from '#libs/domain/fhir';
import { Invariant } from '../invariants/invariants.js';
import type { ProfileElement, ProfileTable } from './profile-table.js';
import { PROFILES } from './profiles.generated.js';

interface Tables {
  /** JSON of a {@link ProfileTable}, by url. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly valueSets: Readonly<Record<string, ValueSet>>;
}

let tables: Tables | undefined;
const known = new Map<string, Profile | undefined>();

/** A profile, read when it is first claimed. */
export class Profile {
  private readonly invariants = new Map<string, Invariant>();

  constructor(
    readonly url: string,
    private readonly table: ProfileTable,
  ) {}

  get type(): string {
    return this.table.type;
  }

  get element(): ProfileElement {
    return this.table.element;
  }

  /** Of an extension: types and paths of the elements that it may stand in; undefined: anywhere. */
  get contexts(): readonly string[] | undefined {
    return this.table.contexts;
  }

  get version(): string | undefined {
    return this.table.version;
  }

  /** How messages name it. */
  get name(): string {
    return this.url.slice(this.url.lastIndexOf('/') + 1);
  }

  /** Its constraint at a place of its list, on values of a type. */
  invariant(place: number, type: string): Invariant | undefined {
    const constraint = this.table.constraints[place];
    if (constraint === undefined) return undefined;
    const id = `${place} ${type}`;
    let invariant = this.invariants.get(id);
    if (invariant === undefined) {
      invariant = new Invariant(constraint, type);
      this.invariants.set(id, invariant);
    }
    return invariant;
  }
}

/** The profile of a canonical url, with or without `|version`; undefined when it is not known here, or another version of it is. */
export function profileOf(canonical: string): Profile | undefined {
  const [url = '', version] = canonical.split('|');
  if (!known.has(url)) {
    tables ??= JSON.parse(PROFILES) as Tables;
    const text = Object.hasOwn(tables.profiles, url) ? tables.profiles[url] : undefined;
    const table = text === undefined ? definitionOf(url) : (JSON.parse(text) as ProfileTable);
    if (table === undefined) return undefined; // not remembered: anybody can send any url
    known.set(url, new Profile(url, table));
  }
  const profile = known.get(url);
  return version === undefined || version === profile?.version ? profile : undefined;
}

const DEFINITION = 'http://hl7.org/fhir/StructureDefinition/';

/** The definition of a resource type as a profile: that it is of the type; all else that it says is checked of every resource. */
function definitionOf(url: string): ProfileTable | undefined {
  const type = url.startsWith(DEFINITION) ? url.slice(DEFINITION.length) : '';
  if (!isResourceType(type) && type !== 'Resource' && type !== 'DomainResource') return undefined;
  return { type, version: '4.0.1', element: {}, constraints: [] };
}

/** A value set that profiles bind and the types of R4 do not. */
export function profileValueSet(url: string): ValueSet | undefined {
  tables ??= JSON.parse(PROFILES) as Tables;
  return Object.hasOwn(tables.valueSets, url) ? tables.valueSets[url] : undefined;
}
