import { STRUCTURE } from './structure.generated.js';

/** What R4 says of one element. */
export interface ElementRule {
  readonly name: string;
  readonly min: number;
  readonly many: boolean;
  readonly type: string;
  /** The value set of a required binding. */
  readonly valueSet?: string;
  /** Resource types that a reference may point to; absent: any. */
  readonly targets?: ReadonlySet<string>;
  /** For a choice: its name with [x]. */
  readonly choice?: string;
}

export interface TypeRule {
  readonly elements: ReadonlyMap<string, ElementRule>;
  readonly required: readonly { readonly name: string; readonly members: readonly string[] }[];
  /** Choices of which one member at most may stand. */
  readonly choices: readonly { readonly name: string; readonly members: readonly string[] }[];
}

/** The codes of a value set by system, or the name of the rule that decides what is in it. */
export type ValueSet = Readonly<Record<string, readonly string[]>> | string;

interface Extra {
  readonly b?: string;
  readonly t?: readonly string[];
}

interface Table {
  readonly resources: readonly string[];
  readonly types: Readonly<
    Record<string, Readonly<Record<string, readonly [number, number, readonly string[], Extra?]>>>
  >;
  readonly valueSets: Readonly<Record<string, ValueSet>>;
}

const table = JSON.parse(STRUCTURE) as Table;
const resourceTypes = new Set(table.resources);
const rules = new Map<string, TypeRule | undefined>();

/** Names of all R4 resource types. */
export const RESOURCE_TYPES: readonly string[] = table.resources;

export function isResourceType(name: string): boolean {
  return resourceTypes.has(name);
}

/** The value set of a binding of R4's types; undefined for one that they do not bind. */
export function valueSetOf(url: string): ValueSet | undefined {
  return Object.hasOwn(table.valueSets, url) ? table.valueSets[url] : undefined;
}

/** The rule of a resource, data type or backbone element (`Observation.component`); compiled when first asked for. */
export function typeRule(name: string): TypeRule | undefined {
  if (!rules.has(name)) rules.set(name, compile(name));
  return rules.get(name);
}

function compile(name: string): TypeRule | undefined {
  const rows = Object.hasOwn(table.types, name) ? table.types[name] : undefined;
  if (rows === undefined) return undefined;
  const elements = new Map<string, ElementRule>();
  const required: { name: string; members: readonly string[] }[] = [];
  const choices: { name: string; members: readonly string[] }[] = [];
  for (const [written, [min, max, types, extra]] of Object.entries(rows)) {
    const choice = written.endsWith('[x]');
    const members = choice
      ? types.map((type) => written.slice(0, -3) + type[0]?.toUpperCase() + type.slice(1))
      : [written];
    members.forEach((member, index) => {
      elements.set(member, {
        name: member,
        min,
        many: max !== 1,
        type: types[choice ? index : 0] ?? '',
        ...(extra?.b === undefined ? {} : { valueSet: extra.b }),
        ...(extra?.t === undefined ? {} : { targets: new Set(extra.t) }),
        ...(choice ? { choice: written } : {}),
      });
    });
    if (min > 0) required.push({ name: written, members });
    if (choice) choices.push({ name: written, members });
  }
  return { elements, required, choices };
}
