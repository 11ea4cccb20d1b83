import { isResourceType } from '#libs/domain/fhir';
import { searchParameters } from '../definitions/search-parameters.js';
import { elementTypes } from '../paths/element-types.js';
import { fold } from '../values/folding.js';
import { indexKey } from '../values/index-key.js';
import type { SearchParameter } from '../values/search-parameter.js';
import { dateValue } from './values/date-value.js';
import { hasIllegalEscape, splitAt, unescape } from './values/escapes.js';
import { numberValue, quantityValue } from './values/number-value.js';
import type { QueryContext } from './query-context.js';
import { referenceValues } from './values/reference-value.js';
import { ofTypeParameter, typeOfIdentifier } from '../values/of-type.js';
import type { Condition, TokenValue } from './search-query.js';
import { refuseUnknown, refuseUnsupported, refuseValue } from './search-refusal.js';
import { tokenValue } from './values/token-value.js';

/** Longest single value; a longer one is in no index. */
const MAX_VALUE_LENGTH = 2000;

/** Modifiers that R4 has and this server does not, with the reason. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  in: 'value sets are not expanded here; send the codes, separated by commas',
  'not-in': 'value sets are not expanded here; send the codes with :not',
};

function subsumed(modifier: string): string {
  return `the modifier :${modifier} is not supported for codes: code systems are not kept here; send the codes, separated by commas`;
}

type ValueOf<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>;

/** `code[:modifier]=value` on a type as a condition. */
export function conditionOf(
  type: string,
  code: string,
  modifier: string | undefined,
  value: string,
  context: QueryContext,
): Condition {
  const parameter = searchParameters(type).get(code);
  if (parameter === undefined) refuseUnknown(`${type} has no such search parameter`);
  if (modifier === 'missing') return missing(parameter, value);
  const reason = modifier !== undefined && Object.hasOwn(UNSUPPORTED, modifier) ? UNSUPPORTED[modifier] : undefined;
  if (reason !== undefined) refuseUnsupported(`the modifier :${modifier} is not supported: ${reason}`);
  if (code === '_id') return { kind: 'id', values: ids(value), not: onlyModifiers(modifier, 'not') === 'not' };
  if (code === '_lastUpdated') {
    onlyModifiers(modifier);
    return { kind: 'lastUpdated', values: alternatives(value).map((one) => dateValue(unescape(one), context)) };
  }
  return ofParameter(type, parameter, modifier, value, context);
}

function ofParameter(
  type: string,
  parameter: SearchParameter,
  modifier: string | undefined,
  value: string,
  context: QueryContext,
): Condition {
  const { code, type: kind } = parameter;
  switch (kind) {
    case 'token':
      if (modifier === 'above' || modifier === 'below') refuseUnsupported(subsumed(modifier));
      if (modifier === 'of-type') return ofType(type, parameter, value);
      return token(type, parameter, onlyModifiers(modifier, 'not', 'text'), value);
    case 'string': {
      const match = onlyModifiers(modifier, 'exact', 'contains');
      const values = alternatives(value)
        .map(unescape)
        .map(match === 'exact' ? indexKey : folded);
      return { kind, parameter: code, match: match ?? 'starts', values };
    }
    case 'date':
      onlyModifiers(modifier);
      return { kind, parameter: code, values: alternatives(value).map((one) => dateValue(unescape(one), context)) };
    case 'number':
      onlyModifiers(modifier);
      return { kind, parameter: code, values: alternatives(value).map((one) => numberValue(unescape(one))) };
    case 'quantity':
      onlyModifiers(modifier);
      return { kind, parameter: code, values: alternatives(value).map(quantityValue) };
    case 'reference':
      return reference(parameter, modifier, value, context);
    case 'uri':
      return uri(code, onlyModifiers(modifier, 'below', 'above'), value);
    case 'composite':
      onlyModifiers(modifier);
      return {
        kind,
        parameter: code,
        values: alternatives(value).map((one) => composite(type, parameter, one, context)),
      };
    case 'special':
      return refuseUnsupported(`the parameter is of a special kind that is not supported`);
  }
}

/** Marks alone fold to nothing, which would be in every text. */
function folded(text: string): string {
  const plain = fold(text);
  return plain === '' ? refuseValue('a value has no letter or digit') : plain;
}

/** The alternatives of a value, with their escapes. */
function alternatives(value: string): readonly string[] {
  return splitAt(value, ',').map((one) => {
    if (one.trim() === '') return refuseValue('a value is empty');
    if (hasIllegalEscape(one)) return refuseValue('a \\ stands before something else than , $ | or another \\');
    if (one.length > MAX_VALUE_LENGTH) return refuseValue(`a value is longer than ${MAX_VALUE_LENGTH} characters`);
    return one;
  });
}

/** The modifier, if it is one of those that the parameter takes (R4: a server refuses any other). */
function onlyModifiers<Modifier extends string>(
  modifier: string | undefined,
  ...taken: readonly Modifier[]
): Modifier | undefined {
  if (modifier === undefined) return undefined;
  const known = taken.find((one) => one === modifier);
  if (known !== undefined) return known;
  const all = [...taken, 'missing'].map((one) => `:${one}`).join(', ');
  return refuseUnsupported(`the parameter does not take this modifier; it takes ${all}`);
}

function missing({ code, type }: SearchParameter, value: string): Condition {
  if (code === '_id' || code === '_lastUpdated' || type === 'composite')
    refuseUnsupported('the parameter does not take the modifier :missing');
  if (value !== 'true' && value !== 'false') refuseValue('the value of :missing must be true or false');
  return { kind: 'missing', parameter: code, type, missing: value === 'true' };
}

function ids(value: string): readonly string[] {
  return alternatives(value).map((one) =>
    /^[A-Za-z0-9\-.]{1,64}$/.test(one) ? one : refuseValue('a value is no id: up to 64 of A-Z, a-z, 0-9, - and .'),
  );
}

function token(
  type: string,
  parameter: SearchParameter,
  modifier: 'not' | 'text' | undefined,
  value: string,
): Condition {
  const { code, systems = [] } = parameter;
  if (modifier === 'text') {
    return { kind: 'tokenText', parameter: code, values: alternatives(value).map((one) => folded(unescape(one))) };
  }
  const elements = { types: elementTypes(type, parameter), systems };
  const values = alternatives(value).map((one) => tokenValue(one, elements));
  const not = modifier === 'not';
  // `system|` with the system that all its codes have: any code will do.
  if (values.some((one) => one.system === undefined && one.code === undefined))
    return { kind: 'missing', parameter: code, type: 'token', missing: not };
  return { kind: 'token', parameter: code, values, not };
}

/** `system|code|value`: an identifier of that type (R4 search.html#modifiers); none of the parts may be empty. */
function ofType(type: string, parameter: SearchParameter, value: string): ValueOf<'token'> {
  if (!elementTypes(type, parameter).has('Identifier'))
    refuseUnsupported('the modifier :of-type is for identifiers; the parameter finds none');
  const values = alternatives(value).map((one): TokenValue => {
    const parts = splitAt(one, '|').map(unescape);
    const [system = '', code = '', identifier = ''] = parts;
    if (parts.length !== 3 || parts.includes(''))
      return refuseValue('a value of :of-type is system|code|value, with none of them empty');
    return { system: indexKey(typeOfIdentifier(system, code)), code: indexKey(identifier) };
  });
  return { kind: 'token', parameter: ofTypeParameter(parameter.code), values, not: false };
}

function reference(
  { code, targets = [] }: SearchParameter,
  modifier: string | undefined,
  value: string,
  context: QueryContext,
): ValueOf<'reference'> {
  if (modifier === 'identifier') {
    const any = { types: new Set<string>(), systems: [] };
    const values = alternatives(value).map((one) => ({ kind: 'identifier' as const, token: tokenValue(one, any) }));
    return { kind: 'reference', parameter: code, values, not: false };
  }
  if (modifier !== undefined && isResourceType(modifier)) {
    if (!targets.includes(modifier)) refuseValue(`the parameter refers to no ${modifier}`);
    const values = alternatives(value).flatMap((one) => referenceValues(unescape(one), [modifier], context));
    if (values.some((one) => one.kind === 'local' && one.type !== modifier))
      refuseValue(`the value is of another type than :${modifier} says`);
    return { kind: 'reference', parameter: code, values, not: false };
  }
  const not = onlyModifiers(modifier, 'not', 'identifier') === 'not';
  const values = alternatives(value).flatMap((one) => referenceValues(unescape(one), targets, context));
  return { kind: 'reference', parameter: code, values, not };
}

function uri(code: string, modifier: 'below' | 'above' | undefined, value: string): ValueOf<'uri'> {
  const values = alternatives(value).map(unescape);
  if (modifier === undefined) return { kind: 'uri', parameter: code, match: 'equal', values: values.map(indexKey) };
  if (values.some((one) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(one)))
    refuseValue(`:${modifier} applies to urls with a path; a urn has none`);
  return { kind: 'uri', parameter: code, match: modifier, values };
}

/** `code$value`: one condition for each part. */
function composite(
  type: string,
  parameter: SearchParameter,
  value: string,
  context: QueryContext,
): readonly Condition[] {
  const pieces = splitAt(value, '$');
  const parts = partsOf(type, parameter);
  if (pieces.length !== parts.length)
    refuseValue(`a value has ${pieces.length} part(s); ${parts.length}, separated by $, are needed`);
  return parts.map((part, index) => ofParameter(part.root, part.parameter, undefined, pieces[index] ?? '', context));
}

interface CompositePart {
  /** What the expression of the part is relative to. */
  readonly root: string;
  readonly parameter: SearchParameter;
}
const compositeParts = new WeakMap<SearchParameter, readonly CompositePart[]>();

function partsOf(type: string, parameter: SearchParameter): readonly CompositePart[] {
  const known = compositeParts.get(parameter);
  if (known !== undefined) return known;
  const [element = type] = elementTypes(type, parameter);
  const parts = (parameter.components ?? []).map((component) => ({
    root: component.expression.startsWith('%') ? type : element,
    parameter: { ...component, code: component.parameter, definition: parameter.definition },
  }));
  compositeParts.set(parameter, parts);
  return parts;
}
