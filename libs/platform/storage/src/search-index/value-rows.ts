import { isOfTypeParameter, type SearchValues, type TokenIndex, type ValueKind } from '#libs/fhir-search';
import { storableText } from '../write/dead-letter-store.js';
import { keyOf, pair, parameterNumber, referenceKey, type Key, type Place } from './hash-keys.js';

/** A row of fhir_search_values. */
export interface ValueRow {
  readonly parameter: number;
  /** Of a composite: which of its groups. */
  readonly composed?: number;
  readonly text?: string;
  readonly unit?: Key;
  readonly low?: number;
  readonly high?: number;
  readonly sentLow?: number;
  readonly sentHigh?: number;
  readonly keys?: readonly Key[];
}

type Keyed = Exclude<ValueKind, 'composites'>;
const KINDS: readonly Keyed[] = ['tokens', 'strings', 'dates', 'numbers', 'quantities', 'references', 'uris'];

/** Whether the parameters of a part have no other values in the resource. */
export function isAllOf(values: SearchValues, part: SearchValues): boolean {
  return KINDS.every((kind) => {
    const ofPart: readonly { readonly parameter: string }[] = part[kind];
    const parameter = ofPart[0]?.parameter;
    if (parameter === undefined) return true;
    return values[kind].filter((one) => one.parameter === parameter).length === ofPart.length;
  });
}

/** The rows of a part of a composite. */
export function partRows(place: Place, part: SearchValues): Omit<ValueRow, 'parameter' | 'composed'>[] {
  const keys = [
    ...part.tokens.flatMap((token) => [
      ...tokenKeys(place, token),
      ...(token.text === undefined ? [] : [keyOf(place, 'text', token.parameter, token.text)]),
    ]),
    ...part.references.flatMap((reference) => referenceKeys(place, reference)),
    ...part.uris.map(({ parameter, value }) => keyOf(place, 'uri', parameter, value)),
  ];
  return [
    ...(keys.length === 0 ? [] : [{ keys }]),
    ...part.strings.map(({ parameter, value, folded }) => ({
      text: storableText(folded),
      keys: [keyOf(place, 'string', parameter, value)],
    })),
    ...part.dates.map(({ from, to }) => ({ unit: 0n, low: from, high: to })),
    ...part.numbers.map(({ low, high }) => ({ unit: 0n, low, high })),
    ...part.quantities.map((quantity) => quantityRow(place, quantity)),
  ];
}

/** Keys by which a token is found. */
export function tokenKeys(place: Place, { parameter, system, code }: TokenIndex): readonly Key[] {
  const whole = keyOf(place, 'token', parameter, pair(system, code));
  // Its parts are never asked for alone.
  if (isOfTypeParameter(parameter)) return [whole];
  const keys = [whole, keyOf(place, 'system', parameter, system)];
  return code === '' ? keys : [...keys, keyOf(place, 'code', parameter, code)];
}

/** Keys by which a reference is found. */
export function referenceKeys(place: Place, { parameter, target }: SearchValues['references'][number]): readonly Key[] {
  switch (target.kind) {
    case 'local':
      return [referenceKey(place, parameter, target)];
    // Found by whoever knows the resource it is in.
    case 'contained':
      return [];
    case 'url':
      return [keyOf(place, 'url', parameter, target.url)];
    case 'identifier':
      return [
        keyOf(place, 'identifier', parameter, pair(target.system, target.value)),
        keyOf(place, 'identifier-value', parameter, target.value),
        keyOf(place, 'identifier-system', parameter, target.system),
      ];
  }
}

/** In the canonical unit where there is one, with what was sent beside it. */
export function quantityRow(place: Place, quantity: SearchValues['quantities'][number]): ValueRow {
  const { parameter, low, high, system, code, unit, canonical } = quantity;
  const names = new Set([code, unit ?? ''].filter((name) => name !== ''));
  const row = {
    parameter: parameterNumber(parameter),
    keys: [
      keyOf(place, 'unit', '', pair(system, code)),
      ...[...names].map((name) => keyOf(place, 'unit-code', '', name)),
    ],
  };
  if (canonical === undefined) return { ...row, unit: keyOf(place, 'unit', '', pair(system, code)), low, high };
  return {
    ...row,
    unit: keyOf(place, 'unit', '', canonical.unit),
    low: canonical.low,
    high: canonical.high,
    sentLow: low,
    sentHigh: high,
  };
}
