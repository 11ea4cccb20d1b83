import { isResourceType, typeRule } from '#libs/domain/fhir';

/** The type of what `descendants()` gives. */
export const ANY = '*';

/** Names that stand for the same member in every type. */
const NO_CHOICES = new Set(['linkId', 'concept', 'code']);

/** A member of a type, with the type of its values. */
export interface Member {
  readonly name: string;
  readonly type: string;
}

/** The members that a FHIRPath name stands for: one, or the forms of a choice. Empty when the type has none of this name. */
export function membersOf(type: string, name: string): readonly Member[] {
  if (type === ANY) return NO_CHOICES.has(name) ? [{ name, type: ANY }] : [];
  const rule = typeRule(type);
  if (rule === undefined) return [];
  const element = rule.elements.get(name);
  if (element !== undefined && element.choice === undefined) return [{ name, type: element.type }];
  return (rule.choices.find((choice) => choice.name === `${name}[x]`)?.members ?? []).map((member) => ({
    name: member,
    type: rule.elements.get(member)?.type ?? '',
  }));
}

const BASE: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
};

/** Whether a value of a type is of another: FHIR's types only. */
export function isKindOf(type: string, wanted: string): boolean {
  return type === wanted || BASE[type] === wanted;
}

export function isDateType(type: string): boolean {
  return type === 'date' || type === 'dateTime' || type === 'instant';
}

/** Small first letter: a primitive of FHIR, or a value of FHIRPath. */
export function isPrimitiveType(type: string): boolean {
  const code = type.charCodeAt(0);
  return (code >= 0x61 && code <= 0x7a) || type.startsWith('System.');
}

/** The resource that a path of an element begins with: `Observation` of `Observation.component`; undefined for data types. */
export function resourceOfPath(type: string): string | undefined {
  const [first = ''] = type.split('.');
  return isResourceType(first) ? first : undefined;
}
