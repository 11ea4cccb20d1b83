import { isOfTypeParameter, searchParameters, type SearchValues, type TokenIndex } from '#libs/fhir-search';
import { int8, keyOf, pair, parameterNumber, referenceKey, selfKey, type Key, type Place } from './hash-keys.js';
import { bitOf, codesOf, isCombined, isThePatient, mainDate } from './search-scheme.js';
import { storableText } from '../write/dead-letter-store.js';
import { plainArray } from '../postgres/pg-arrays.js';

/** The rows of one resource. Numbers of 64 bits as text, times in ms since 1970. */
export interface IndexRow {
  readonly type: string;
  readonly id: string;
  readonly self: string;
  readonly updated: number;
  readonly patient: string | null;
  readonly dateFrom: number;
  readonly dateTo: number;
  readonly present: string;
  readonly many: string;
  /** As the text of an array. */
  readonly keys: string;
  readonly values: readonly ValueRow[];
  readonly texts: readonly TextRow[];
}

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

/** A row of fhir_search_texts. */
export interface TextRow {
  readonly parameter: number;
  readonly text: string;
  readonly key: Key;
}

/** The main date of a resource that has none: before all others. */
export const NO_DATE = -9_000_000_000_000_000;
/** Open ends of periods, as whole numbers. */
const OPEN = 8_640_000_000_000_000;

export function openOr(time: number): number {
  return Math.max(-OPEN, Math.min(OPEN, time));
}

/** What is written into the index for a resource. @param updated its `meta.lastUpdated` */
export function indexRow(
  tenant: number,
  resource: { readonly type: string; readonly id: string; readonly lastUpdated: number },
  values: SearchValues,
): IndexRow {
  const { type, id } = resource;
  const building = new RowBuilder({ tenant, type });
  building.add(values);
  const self = selfKey(tenant, type, id);
  return {
    type,
    id,
    self: int8(self),
    updated: resource.lastUpdated,
    ...building.result(type === 'Patient' ? self : undefined),
  };
}

class RowBuilder {
  private readonly keys = new Set<Key>();
  private readonly values: ValueRow[] = [];
  private readonly texts: TextRow[] = [];
  private readonly mainDate: string | undefined;
  private present = 0n;
  private many = 0n;
  private patient: Key | undefined;
  private dateFrom = NO_DATE;
  private dateTo = NO_DATE;

  constructor(private readonly place: Place) {
    this.mainDate = mainDate(place.type);
  }

  add(values: SearchValues): void {
    for (const token of values.tokens) if (this.isThere(token.parameter)) this.addToken(token);
    for (const { parameter, value, folded } of values.strings) {
      this.isThere(parameter);
      this.keys.add(keyOf(this.place, 'string', parameter, value));
      this.values.push({ parameter: parameterNumber(parameter), text: storableText(folded) });
    }
    this.addDates(values.dates);
    for (const { parameter, low, high } of values.numbers) {
      this.isThere(parameter);
      this.values.push({ parameter: parameterNumber(parameter), unit: 0n, low, high });
    }
    for (const quantity of values.quantities) {
      if (this.isThere(quantity.parameter)) this.values.push(quantityRow(this.place, quantity));
    }
    for (const reference of values.references) {
      this.isThere(reference.parameter);
      const { parameter, target } = reference;
      for (const key of referenceKeys(this.place, reference)) this.keys.add(key);
      if (target.kind === 'local' && target.type === 'Patient' && isThePatient(this.place.type, parameter)) {
        this.patient = selfKey(this.place.tenant, 'Patient', target.id);
      }
    }
    for (const { parameter, value } of values.uris) {
      this.isThere(parameter);
      const key = keyOf(this.place, 'uri', parameter, value);
      this.keys.add(key);
      this.texts.push({ parameter: parameterNumber(parameter), text: storableText(value), key });
    }
    this.addComposites(values);
  }

  result(ownPatient: Key | undefined): Omit<IndexRow, 'type' | 'id' | 'self' | 'updated'> {
    const patient = ownPatient ?? this.patient;
    return {
      patient: patient === undefined ? null : int8(patient),
      dateFrom: this.dateFrom,
      dateTo: this.dateTo,
      present: int8(this.present),
      many: int8(this.many),
      keys: plainArray([...this.keys].map(int8)),
      values: this.values,
      texts: this.texts,
    };
  }

  /** Notes that the parameter has a value; false for one that is found by others. */
  private isThere(parameter: string): boolean {
    if (isCombined(this.place.type, parameter)) return false;
    this.present |= bitOf(this.place.type, parameter);
    return true;
  }

  private addToken(token: TokenIndex): void {
    const { parameter, code, text } = token;
    for (const key of tokenKeys(this.place, token)) this.keys.add(key);
    if (code !== '' && isCodeElement(this.place.type, parameter)) {
      const key = keyOf(this.place, 'code', parameter, code);
      this.texts.push({ parameter: parameterNumber(codesOf(parameter)), text: storableText(code), key });
    }
    if (text === undefined) return;
    const key = keyOf(this.place, 'text', parameter, text);
    this.keys.add(key);
    this.texts.push({ parameter: parameterNumber(parameter), text: storableText(text), key });
  }

  private addDates(dates: SearchValues['dates']): void {
    const main = dates.filter(({ parameter }) => parameter === this.mainDate);
    const [one, another] = main;
    // A period whose end is before its start fits no column: comparisons with its limits would leave it out.
    const isPlain = one !== undefined && another === undefined && one.from <= one.to;
    for (const { parameter, from, to } of dates) {
      this.isThere(parameter);
      if (parameter === this.mainDate && isPlain) continue;
      this.values.push({ parameter: parameterNumber(parameter), unit: 0n, low: from, high: to });
    }
    if (one === undefined) return;
    this.dateFrom = openOr(main.reduce((least, { from, to }) => Math.min(least, from, to), Infinity));
    this.dateTo = openOr(main.reduce((most, { from, to }) => Math.max(most, from, to), -Infinity));
    if (!isPlain) this.many |= bitOf(this.place.type, one.parameter);
  }

  /**
   * Values that stand together are kept together only where it matters: with one group, and no other values of its parameters, what matches
   * each of the parts matches the group.
   */
  private addComposites(values: SearchValues): void {
    const groups = Map.groupBy(values.composites, ({ parameter }) => parameter);
    for (const [parameter, of] of groups) {
      if (!this.isThere(parameter)) continue;
      const [one, another] = of;
      if (one !== undefined && another === undefined && one.parts.every((part) => isAllOf(values, part))) continue;
      this.many |= bitOf(this.place.type, parameter);
      of.forEach(({ parts }, composed) => {
        parts.forEach((part, at) => {
          for (const row of partRows(this.place, part)) {
            this.values.push({ ...row, parameter: parameterNumber(`${parameter}/${at}`), composed });
          }
        });
      });
    }
  }
}

/** Whether it finds codes of a value set of R4, of which there are few. */
function isCodeElement(type: string, parameter: string): boolean {
  return searchParameters(type).get(parameter)?.systems !== undefined;
}

type Keyed = Exclude<keyof SearchValues, 'composites'>;
const KINDS: readonly Keyed[] = ['tokens', 'strings', 'dates', 'numbers', 'quantities', 'references', 'uris'];

/** Whether the parameters of a part have no other values in the resource. */
function isAllOf(values: SearchValues, part: SearchValues): boolean {
  return KINDS.every((kind) => {
    const ofPart: readonly { readonly parameter: string }[] = part[kind];
    const parameter = ofPart[0]?.parameter;
    if (parameter === undefined) return true;
    return values[kind].filter((one) => one.parameter === parameter).length === ofPart.length;
  });
}

function partRows(place: Place, part: SearchValues): Omit<ValueRow, 'parameter' | 'composed'>[] {
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

function tokenKeys(place: Place, { parameter, system, code }: TokenIndex): readonly Key[] {
  const whole = keyOf(place, 'token', parameter, pair(system, code));
  // Its parts are never asked for alone.
  if (isOfTypeParameter(parameter)) return [whole];
  const keys = [whole, keyOf(place, 'system', parameter, system)];
  return code === '' ? keys : [...keys, keyOf(place, 'code', parameter, code)];
}

function referenceKeys(place: Place, { parameter, target }: SearchValues['references'][number]): readonly Key[] {
  switch (target.kind) {
    case 'local':
      return [referenceKey(place, parameter, target)];
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

function quantityRow(place: Place, quantity: SearchValues['quantities'][number]): ValueRow {
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
