import { searchParameters, type ContainedValues, type SearchValues, type TokenIndex } from '#libs/fhir-search';
import { containedId, int8, keyOf, parameterNumber, referenceKey, selfKey, type Key, type Place } from './hash-keys.js';
import { isAllOf, partRows, quantityRow, referenceKeys, tokenKeys, type ValueRow } from './value-rows.js';
import { bitOf, codesOf, containedTypeCode, isCombined, isThePatient, mainDate, typeCode } from './search-scheme.js';
import { storableText } from '../write/dead-letter-store.js';
import { plainArray } from '../postgres/pg-arrays.js';

/** The rows of one resource. Numbers of 64 bits as text, times in ms since 1970. */
export interface IndexRow {
  readonly type: string;
  /** Number of the type; of what is contained, that of contained ones. */
  readonly code: number;
  /** Of what is contained: `Type/id` of the resource it is in. */
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

interface Resource {
  readonly type: string;
  readonly id: string;
  /** Its `meta.lastUpdated`, ms. */
  readonly lastUpdated: number;
}

/** What is written into the index for a resource: a row of its own, and one for each resource that it contains and refers to. */
export function indexRows(
  tenant: number,
  resource: Resource,
  values: SearchValues,
): { readonly own: IndexRow; readonly contained: readonly IndexRow[] } {
  const { type, id, lastUpdated: updated } = resource;
  const self = selfKey(tenant, type, id);
  const building = new RowBuilder({ tenant, type }, resource);
  building.add(values);
  const rest = building.result(type === 'Patient' ? self : undefined);
  const own = { type, code: typeCode(type), id, self: int8(self), updated, ...rest };
  return { own, contained: (values.contained ?? []).map((one) => containedRow(tenant, resource, one)) };
}

function containedRow(tenant: number, container: Resource, { type, id, values }: ContainedValues): IndexRow {
  const building = new RowBuilder({ tenant, type });
  building.add(values);
  return {
    type,
    code: containedTypeCode(type),
    id: `${container.type}/${container.id}`,
    self: int8(selfKey(tenant, type, containedId(container, id))),
    updated: container.lastUpdated,
    ...building.result(undefined),
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

  /** @param container what it contains is found by chains from it */
  constructor(
    private readonly place: Place,
    private readonly container?: Resource,
  ) {
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
    for (const reference of values.references) this.addReference(reference);
    for (const { parameter, value } of values.uris) {
      this.isThere(parameter);
      const key = keyOf(this.place, 'uri', parameter, value);
      this.keys.add(key);
      this.texts.push({ parameter: parameterNumber(parameter), text: storableText(value), key });
    }
    this.addComposites(values);
  }

  result(ownPatient: Key | undefined): Omit<IndexRow, 'type' | 'code' | 'id' | 'self' | 'updated'> {
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

  private addReference(reference: SearchValues['references'][number]): void {
    this.isThere(reference.parameter);
    const { parameter, target } = reference;
    for (const key of referenceKeys(this.place, reference)) this.keys.add(key);
    const local = this.localTarget(target);
    if (local === undefined) return;
    if (target.kind === 'contained') this.keys.add(referenceKey(this.place, parameter, local));
    if (local.type === 'Patient' && isThePatient(this.place.type, parameter))
      this.patient = selfKey(this.place.tenant, 'Patient', local.id);
  }

  private localTarget(target: SearchValues['references'][number]['target']) {
    if (target.kind === 'local') return target;
    if (target.kind !== 'contained' || this.container === undefined) return undefined;
    return { type: target.type, id: containedId(this.container, target.id) };
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
