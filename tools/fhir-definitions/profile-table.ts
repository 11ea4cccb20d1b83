import type { ProfileElement, ProfileTable, Slicing } from '#libs/fhir-validation';
import { ConstraintList } from './invariant-table.js';
import { memberOf, targetProfilesOf, targetsOf, typeName, type Definition, type ElementDefinition } from './source.js';
import type { StructureTable } from './structure-table.js';
import { bindingOf, requiredSet, type Codes } from './terminology.js';

interface Draft {
  readonly element: ElementDefinition | undefined;
  readonly children: Map<string, Draft>;
  readonly slices: Map<string, Draft>;
}

export interface Profiles {
  readonly profiles: Readonly<Record<string, ProfileTable>>;
  /** Value sets that the structure table has not. */
  readonly valueSets: Readonly<Record<string, Codes | string>>;
}

/** What a profile adds to its base type, element by element; what R4 says anyway is left out. */
export function profileTables(
  definitions: readonly Definition[],
  structure: StructureTable,
  baseKeys: ReadonlySet<string>,
  unlisted: (valueSet: string, path: string) => void,
): Profiles {
  const profiles: Record<string, ProfileTable> = {};
  const valueSets: Record<string, Codes | string> = {};
  for (const definition of definitions) {
    const list = new ConstraintList();
    const writer = new Writer(structure, list, baseKeys, (url, path) => {
      if (structure.valueSets[url] !== undefined || valueSets[url] !== undefined) return true;
      const binding = bindingOf(url);
      if (binding === undefined) unlisted(url, path);
      else valueSets[url] = 'rule' in binding ? binding.rule : binding.codes;
      return binding !== undefined;
    });
    const root = treeOf(definition.snapshot?.element ?? []);
    const element = writer.element(root, [definition.type], undefined) ?? {};
    profiles[definition.url] = {
      type: definition.type,
      ...(definition.version === undefined ? {} : { version: definition.version }),
      ...contextsOf(definition),
      element,
      constraints: list.rows,
    };
  }
  return { profiles, valueSets };
}

/** Contexts of another kind than elements are left out, and with them the rule: what is not known refuses nothing. */
function contextsOf({ type, context = [] }: Definition): { readonly contexts?: readonly string[] } {
  const isOfElements = type === 'Extension' && context.length > 0 && context.every((one) => one.type === 'element');
  return isOfElements ? { contexts: context.map(({ expression }) => expression) } : {};
}

function draft(element: ElementDefinition | undefined): Draft {
  return { element, children: new Map(), slices: new Map() };
}

function treeOf(elements: readonly ElementDefinition[]): Draft {
  const root = draft(elements[0]);
  for (const element of elements.slice(1)) {
    let at = root;
    const segments = element.id.split('.').slice(1);
    segments.forEach((segment, index) => {
      const [name = '', slice] = segment.split(':');
      const last = index === segments.length - 1;
      let child = at.children.get(name);
      if (child === undefined) {
        child = draft(last && slice === undefined ? element : undefined);
        at.children.set(name, child);
      }
      if (slice === undefined) {
        at = child;
        return;
      }
      let sliced = child.slices.get(slice);
      if (sliced === undefined) {
        sliced = draft(last ? element : undefined);
        child.slices.set(slice, sliced);
      }
      at = sliced;
    });
  }
  return root;
}

/** A backbone element's type is its path, which the slice does not repeat. */
function typesOfSlice(slice: Draft, types: readonly string[]): readonly string[] {
  const own = (slice.element?.type ?? []).map((type) => typeName(type, ''));
  return own.length === 0 || own.includes('BackboneElement') || own.includes('Element') ? types : own;
}

interface Base {
  readonly min: number;
  /** 0: any number */
  readonly max: number;
  readonly types: readonly string[];
  readonly set: string | undefined;
  readonly targets: readonly string[] | undefined;
}

class Writer {
  constructor(
    private readonly structure: StructureTable,
    private readonly list: ConstraintList,
    private readonly baseKeys: ReadonlySet<string>,
    private readonly listed: (valueSet: string, path: string) => boolean,
  ) {}

  /** @param base what R4 says of the element; undefined for the root */
  element(node: Draft, types: readonly string[], base: Base | undefined, slice = false): ProfileElement | undefined {
    const { element } = node;
    const own = element === undefined ? {} : this.own(element, base, slice);
    const inner = own.types ?? types;
    const children: Record<string, ProfileElement> = {};
    for (const [name, child] of node.children) {
      const row = this.base(inner, name);
      const found = row === undefined ? undefined : this.element(child, row.types, row);
      if (found !== undefined) children[name] = found;
    }
    const slicing = base === undefined ? undefined : this.slicing(node, types, base);
    const rule: ProfileElement = {
      ...own,
      ...(Object.keys(children).length === 0 ? {} : { children }),
      ...(slicing === undefined ? {} : { slicing }),
    };
    return Object.keys(rule).length === 0 ? undefined : rule;
  }

  private slicing(node: Draft, types: readonly string[], base: Base): Slicing | undefined {
    if (node.slices.size === 0) return undefined;
    const slicing = node.element?.slicing;
    const slices = [...node.slices].map(([name, child]) => ({
      name,
      ...this.element(child, typesOfSlice(child, types), base, true),
    }));
    const isExtension = types.length === 1 && types[0] === 'Extension';
    const discriminators = slicing?.discriminator ?? (isExtension ? [{ type: 'value', path: 'url' }] : []);
    return {
      discriminators: discriminators.map(({ type, path }) => ({ type, path })),
      rules: slicing?.rules ?? 'open',
      ...(slicing?.ordered === true ? { ordered: true } : {}),
      slices,
    };
  }

  private own(element: ElementDefinition, base: Base | undefined, slice: boolean): ProfileElement {
    const types = (element.type ?? []).map((type) => typeName(type, element.path));
    const max = element.max === '*' ? 0 : Number(element.max);
    const set = requiredSet(element);
    const targets = targetsOf(element.type ?? []);
    const targetProfiles = targetProfilesOf(element.type ?? []);
    const constraints = (element.constraint ?? [])
      .filter(({ key }) => !this.baseKeys.has(key))
      .map((one) => this.list.add(one))
      .filter((at) => at !== undefined);
    const extensions = (element.type ?? [])
      .filter((type) => type.code === 'Extension')
      .flatMap((type) => type.profile ?? []);
    const fixed = Object.keys(element).find((key) => key.startsWith('fixed'));
    const pattern = Object.keys(element).find((key) => key.startsWith('pattern'));
    const restricted = base !== undefined && types.length > 0 && types.length < base.types.length;
    return {
      ...(base !== undefined && element.min > (slice ? 0 : base.min) ? { min: element.min } : {}),
      ...(base !== undefined && element.max !== '*' && max !== (base.max === 0 ? Infinity : base.max) ? { max } : {}),
      ...(restricted ? { types } : {}),
      ...(targets !== undefined && base !== undefined && String(targets) !== String(base.targets) ? { targets } : {}),
      ...(fixed === undefined ? {} : { fixed: element[fixed] }),
      ...(pattern === undefined ? {} : { pattern: element[pattern] }),
      ...(set !== undefined && set !== base?.set && this.listed(set, element.id) ? { valueSet: set } : {}),
      ...(constraints.length === 0 ? {} : { constraints }),
      ...(extensions.length === 0 ? {} : { profiles: extensions }),
      ...(slice && targetProfiles.length > 0 ? { targetProfiles } : {}),
    } as ProfileElement;
  }

  /** What R4 says of a member of one of these types; of `value[x]` or of one of its forms (`valueQuantity`). */
  private base(types: readonly string[], name: string): Base | undefined {
    for (const type of types) {
      for (const [written, [min, max, of, extra]] of Object.entries(this.structure.types[type] ?? {})) {
        const form = written.endsWith('[x]') ? of.filter((one) => memberOf(written, one) === name) : [];
        if (written !== name && form.length === 0) continue;
        const bound = { set: extra?.b, targets: extra?.t };
        return written === name ? { min, max, types: of, ...bound } : { min: 0, max: 1, types: form, ...bound };
      }
    }
    return undefined;
  }
}
