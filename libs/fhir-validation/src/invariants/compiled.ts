import { Decimal, isJsonObject, type JsonObject } from '#libs/domain/fhir';
import type { Expression } from './expression.js';
import { ANY, isPrimitiveType } from './static-types.js';
import { UNDECIDED, type Item } from './values.js';

/** What an expression may refer to beside its item. */
export interface Scope {
  /** `%resource` */
  readonly resource: JsonObject;
  readonly resourceType: string;
  /** What is the same for every item of the resource: collections that begin with `%resource`. */
  readonly memo: Map<object, unknown>;
  /** A contained resource by its id. */
  readonly contained: (id: string) => JsonObject | undefined;
}

export type Run = (item: Item, scope: Scope) => readonly Item[];
/** undefined: the empty collection. */
export type Test = (item: Item, scope: Scope) => boolean | undefined;

/** A collection whose items are of one type that is known before it is run. */
export interface Typed {
  readonly type: string;
  readonly run: Run;
}

/** A collection as the sum of its parts by type: a choice has as many as it has forms. */
export type Collection = readonly Typed[];

/** What compiles expressions about items of one type. */
export interface Compiling {
  /** The type of `$this`. */
  readonly type: string;
  readonly test: (expression: Expression) => Test;
  readonly collection: (expression: Expression) => Collection;
  readonly run: (expression: Expression) => Run;
  /** The same for items of another type. */
  readonly about: (type: string) => Compiling;
}

/** Thrown for expressions that the compiler does not know: the engine evaluates them. */
export class Unsupported extends Error {}

export const NOTHING: readonly Item[] = [];
export const YES: readonly Item[] = [true];
export const NO: readonly Item[] = [false];

export function runOf(collection: Collection): Run {
  const [first, ...more] = collection;
  if (first === undefined) return () => NOTHING;
  if (more.length === 0) return first.run;
  const runs = collection.map(({ run }) => run);
  return (item, scope) => {
    let all: readonly Item[] = NOTHING;
    for (const run of runs) {
      const part = run(item, scope);
      if (part.length > 0) all = all.length === 0 ? part : [...all, ...part];
    }
    return all;
  };
}

/** Singleton evaluation of a collection as a boolean. */
export function truthOf(items: readonly Item[]): boolean | undefined {
  if (items.length === 0) return undefined;
  if (items.length > 1) throw UNDECIDED;
  return typeof items[0] === 'boolean' ? items[0] : true;
}

export function itemsOf(truth: boolean | undefined): readonly Item[] {
  return truth === undefined ? NOTHING : truth ? YES : NO;
}

/** The only item; undefined for none. */
export function singleOf(items: readonly Item[]): Item | undefined {
  if (items.length > 1) throw UNDECIDED;
  return items[0];
}

export function memoized<T>(scope: Scope, key: object, compute: () => T): T {
  let value = scope.memo.get(key) as T | undefined;
  if (value === undefined) {
    value = compute();
    scope.memo.set(key, value);
  }
  return value;
}

/** One step of a path. A primitive that has only extensions is left to the engine. */
export function step(name: string, type: string): (item: Item, into: Item[]) => void {
  const extended = `_${name}`;
  const primitive = type === ANY || isPrimitiveType(type);
  return (item, into) => {
    if (type === ANY && !isJsonObject(item)) return;
    if (typeof item !== 'object' || item instanceof Decimal || Array.isArray(item)) throw UNDECIDED;
    const object = item as JsonObject;
    const value = object[name];
    if (primitive && object[extended] !== undefined && (value === undefined || Array.isArray(value))) throw UNDECIDED;
    if (value === undefined) return;
    if (!Array.isArray(value)) {
      if (value === null) throw UNDECIDED;
      into.push(value);
      return;
    }
    for (const one of value) {
      if (one === null) throw UNDECIDED;
      into.push(one as Item);
    }
  };
}
