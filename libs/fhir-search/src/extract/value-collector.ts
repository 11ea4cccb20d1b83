import type { Json } from '#libs/domain/fhir';
import { fold } from '../values/folding.js';
import { indexKey } from '../values/index-key.js';
import { NONE_CONTAINED, type ContainedTypes } from './contained.js';
import type {
  CompositeIndex,
  DateIndex,
  NumberIndex,
  QuantityIndex,
  ReferenceIndex,
  SearchValues,
  StringIndex,
  TokenIndex,
  UriIndex,
} from '../values/search-values.js';

/** Values of one parameter in one resource that are indexed; what stands behind them is not found by it. */
export const MAX_VALUES_PER_PARAMETER = 1000;

/** Adds what an element means to a parameter. A value of another shape than its type has adds nothing. */
export type Convert = (collector: ValueCollector, parameter: string, value: Json) => void;

const none: readonly never[] = Object.freeze([]);

/** Collects the values of a resource: each once, cut to the bounds of the index, and of each parameter a bounded number. */
export class ValueCollector {
  private readonly seen = new Set<string>();
  private readonly counts = new Map<string, number>();
  private readonly tokens: TokenIndex[] = [];
  private readonly strings: StringIndex[] = [];
  private readonly dates: DateIndex[] = [];
  private readonly numbers: NumberIndex[] = [];
  private readonly quantities: QuantityIndex[] = [];
  private readonly references: ReferenceIndex[] = [];
  private readonly uris: UriIndex[] = [];
  private readonly composites: CompositeIndex[] = [];

  /** @param contained types of the contained resources of the resource, by id */
  constructor(readonly contained: ContainedTypes = NONE_CONTAINED) {}

  token(parameter: string, system: string, code: string, text?: string): void {
    const folded = text === undefined ? undefined : fold(text);
    if (system === '' && code === '' && (folded === undefined || folded === '')) return;
    if (!this.isNew(parameter, `${system}\u0000${code}\u0000${folded ?? ''}`)) return;
    const token = { parameter, system: indexKey(system), code: indexKey(code) };
    this.tokens.push(folded === undefined || folded === '' ? token : { ...token, text: folded });
  }

  /** @param from the part of the value by which it is found: all of it, or its end. */
  string(parameter: string, value: string, from = value): void {
    if (value === '' || !this.isNew(parameter, `${value}\u0000${from.length}`)) return;
    this.strings.push({ parameter, value: indexKey(value), folded: fold(from) });
  }

  date(parameter: string, from: number, to: number): void {
    if (this.isNew(parameter, `${from} ${to}`)) this.dates.push({ parameter, from, to });
  }

  number(parameter: string, low: number, high: number): void {
    if (this.isNew(parameter, `${low} ${high}`)) this.numbers.push({ parameter, low, high });
  }

  quantity(quantity: QuantityIndex): void {
    const { parameter, low, high, system, code, unit } = quantity;
    if (this.isNew(parameter, `${low} ${high} ${system}\u0000${code}\u0000${unit ?? ''}`))
      this.quantities.push(quantity);
  }

  reference(parameter: string, target: ReferenceIndex['target']): void {
    if (this.isNew(parameter, nameOf(target))) this.references.push({ parameter, target });
  }

  uri(parameter: string, value: string): void {
    if (value !== '' && this.isNew(parameter, value)) this.uris.push({ parameter, value: indexKey(value) });
  }

  composite(composite: CompositeIndex): void {
    if (this.hasRoom(composite.parameter)) this.composites.push(composite);
  }

  isEmpty(): boolean {
    return this.counts.size === 0;
  }

  values(): SearchValues {
    return {
      tokens: orNone(this.tokens),
      strings: orNone(this.strings),
      dates: orNone(this.dates),
      numbers: orNone(this.numbers),
      quantities: orNone(this.quantities),
      references: orNone(this.references),
      uris: orNone(this.uris),
      composites: orNone(this.composites),
    };
  }

  private isNew(parameter: string, key: string): boolean {
    const whole = `${parameter}\u0000${key}`;
    if (this.seen.has(whole) || !this.hasRoom(parameter)) return false;
    this.seen.add(whole);
    return true;
  }

  private hasRoom(parameter: string): boolean {
    const count = this.counts.get(parameter) ?? 0;
    if (count >= MAX_VALUES_PER_PARAMETER) return false;
    this.counts.set(parameter, count + 1);
    return true;
  }
}

function nameOf(target: ReferenceIndex['target']): string {
  switch (target.kind) {
    case 'local':
      return `${target.type}/${target.id}`;
    case 'contained':
      return `#${target.id}`;
    case 'url':
      return `u${target.url}`;
    case 'identifier':
      return `i${target.system}\u0000${target.value}`;
  }
}

function orNone<T>(values: readonly T[]): readonly T[] {
  return values.length === 0 ? none : values;
}
