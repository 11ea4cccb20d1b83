import { isJsonObject, type Json, type JsonObject } from '#libs/domain/fhir';
import { codeRule } from '../terminology/code-rules.js';
import { hasPattern, isFixed, patternAt } from './pattern.js';
import type { Discriminator, ProfileElement } from './profile-table.js';
import { profileOf, profileValueSet } from './profiles.js';

export interface SliceItem {
  readonly value: Json;
  readonly type: string;
}

/** The contained resource with an id; undefined where there is none. */
export type Contained = (id: string) => JsonObject | undefined;

/** Whether an item belongs to a slice; undefined when the discriminator is of a kind that is not evaluated here. */
export function isInSlice(
  item: SliceItem,
  slice: ProfileElement,
  discriminators: readonly Discriminator[],
  contained: Contained,
): boolean | undefined {
  if (discriminators.length === 0) return undefined;
  let belongs = true;
  for (const discriminator of discriminators) {
    const one = isMarked(item, slice, discriminator, contained);
    if (one === undefined) return undefined;
    belongs &&= one;
  }
  return belongs;
}

function isMarked(
  item: SliceItem,
  slice: ProfileElement,
  { type, path }: Discriminator,
  contained: Contained,
): boolean | undefined {
  if (path.startsWith(RESOLVE)) return isMarkedByTarget(item, slice, { type, path }, contained);
  if (path.includes('(')) return undefined; // extension(…)
  const names = path === '$this' ? [] : path.split('.');
  switch (type) {
    case 'value':
    case 'pattern':
      return hasValue(item, slice, names);
    case 'exists': {
      const [rule] = rulesAt(slice, names);
      if (rule === undefined) return undefined;
      const isThere = valuesAt(item.value, names).length > 0;
      return rule.max === 0 ? !isThere : (rule.min ?? 0) > 0 ? isThere : undefined;
    }
    case 'type': {
      const types = rulesAt(slice, names).flatMap((rule) => rule.types ?? []);
      if (types.length === 0) return undefined;
      if (names.length === 0) return types.includes(item.type);
      return valuesAt(item.value, names).some(
        (value) =>
          isJsonObject(value) && typeof value['resourceType'] === 'string' && types.includes(value['resourceType']),
      );
    }
    default:
      return undefined;
  }
}

const RESOLVE = 'resolve()';

/** By what a reference points to; undefined for what is not in the resource itself. */
function isMarkedByTarget(
  { value }: SliceItem,
  slice: ProfileElement,
  { type, path }: Discriminator,
  contained: Contained,
): boolean | undefined {
  const reference = isJsonObject(value) ? value['reference'] : undefined;
  const target = typeof reference === 'string' && reference.startsWith('#') ? contained(reference.slice(1)) : undefined;
  const resourceType = target?.['resourceType'];
  if (target === undefined || typeof resourceType !== 'string') return undefined;
  if (type === 'type' && path === RESOLVE) return slice.targets?.includes(resourceType);
  const profiles = (slice.targetProfiles ?? []).flatMap((url) => profileOf(url) ?? []);
  if (!path.startsWith(`${RESOLVE}.`) || profiles.length === 0) return undefined;
  const inside = { type, path: path.slice(RESOLVE.length + 1) };
  const marks = profiles.map(
    (profile) =>
      profile.type === resourceType &&
      isMarked({ value: target, type: resourceType }, profile.element, inside, contained),
  );
  return marks.includes(true) ? true : marks.includes(undefined) ? undefined : false;
}

function hasValue(item: SliceItem, slice: ProfileElement, names: readonly string[]): boolean | undefined {
  const [only] = slice.profiles ?? [];
  if (names.length === 1 && names[0] === 'url' && only !== undefined) {
    return isJsonObject(item.value) && item.value['url'] === only;
  }
  const rules = rulesAt(slice, names);
  if (rules.length === 0) return undefined;
  const values = valuesAt(item.value, names);
  return rules.some((rule) => values.some((value) => isSaid(value, rule)));
}

function isSaid(value: Json, { fixed, pattern, valueSet }: ProfileElement): boolean {
  if (fixed !== undefined) return isFixed(value, fixed);
  if (pattern !== undefined) return hasPattern(value, pattern as Json);
  if (valueSet === undefined) return false;
  const type =
    typeof value === 'string' ? 'code' : isJsonObject(value) && 'coding' in value ? 'CodeableConcept' : 'Coding';
  return codeRule(valueSet, type, profileValueSet)?.holds(value) ?? false;
}

/** What a slice says at a path: of the element there, of its slices, or by a pattern of what is above it. */
function rulesAt(slice: ProfileElement, names: readonly string[]): readonly ProfileElement[] {
  const above = slice.pattern ?? slice.fixed;
  const [name, ...more] = names;
  if (name === undefined) return says(slice) ? [slice] : [];
  if (above !== undefined) {
    const part = patternAt(above, names);
    return part === undefined ? [] : [{ pattern: part }];
  }
  const child = slice.children?.[name] ?? slice.children?.[`${name}[x]`];
  if (child === undefined) return [];
  const direct = rulesAt(child, more);
  return direct.length > 0 ? direct : (child.slicing?.slices ?? []).flatMap((inner) => rulesAt(inner, more));
}

function says({ fixed, pattern, valueSet, types, min, max }: ProfileElement): boolean {
  return [fixed, pattern, valueSet, types, min, max].some((part) => part !== undefined);
}

function valuesAt(value: Json, names: readonly string[]): readonly Json[] {
  let values: readonly Json[] = [value];
  for (const name of names) {
    values = values.flatMap((one): readonly Json[] => {
      const part = isJsonObject(one) ? one[name] : undefined;
      return part === undefined || part === null ? [] : Array.isArray(part) ? (part as readonly Json[]) : [part];
    });
  }
  return values;
}
