import { STRUCTURE } from './structure.generated.js';

/** What R4 says of one element. */
export interface ElementRule {
  readonly name: string;
  readonly min: number;
  readonly many: boolean;
  readonly type: string;
  /** Codes of a required binding. */
  readonly codes?: ReadonlySet<string>;
  /** For a choice: its name with [x]. */
  readonly choice?: string;
}

export interface TypeRule {
  readonly elements: ReadonlyMap<string, ElementRule>;
  readonly required: readonly { readonly name: string; readonly members: readonly string[] }[];
  /** Choices of which one member at most may stand. */
  readonly choices: readonly { readonly name: string; readonly members: readonly string[] }[];
}

interface Table {
  readonly resources: readonly string[];
  readonly types: Readonly<
    Record<string, Readonly<Record<string, readonly [number, number, readonly string[], string?]>>>
  >;
  readonly valueSets: Readonly<Record<string, readonly string[]>>;
}

const table = JSON.parse(STRUCTURE) as Table;
const resourceTypes = new Set(table.resources);
const rules = new Map<string, TypeRule | undefined>();
const codeSets = new Map<string, ReadonlySet<string>>();

/** Names of all R4 resource types. */
export const RESOURCE_TYPES: readonly string[] = table.resources;

export function isResourceType(name: string): boolean {
  return resourceTypes.has(name);
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
  for (const [written, [min, max, types, valueSet]] of Object.entries(rows)) {
    const choice = written.endsWith('[x]');
    const members = choice
      ? types.map((type) => written.slice(0, -3) + type[0]?.toUpperCase() + type.slice(1))
      : [written];
    members.forEach((member, index) => {
      const type = types[choice ? index : 0] ?? '';
      elements.set(member, {
        name: member,
        min,
        many: max !== 1,
        type,
        ...(valueSet === undefined || type !== 'code' ? {} : { codes: codesOf(valueSet) }),
        ...(choice ? { choice: written } : {}),
      });
    });
    if (min > 0) required.push({ name: written, members });
    if (choice) choices.push({ name: written, members });
  }
  return { elements, required, choices };
}

function codesOf(valueSet: string): ReadonlySet<string> {
  let codes = codeSets.get(valueSet);
  if (codes === undefined) {
    codes = new Set(table.valueSets[valueSet]);
    codeSets.set(valueSet, codes);
  }
  return codes;
}
