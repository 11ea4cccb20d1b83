import { singleOf } from './compiled.js';
import { compareMeasures, datesMayBe, equal, UNDECIDED, type Item } from './values.js';

/** Whether both are the same in the same order; undefined where one is empty. */
export function sameItems(a: readonly Item[], b: readonly Item[]): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  return a.length === b.length && a.every((one, index) => equal(one, b[index] as Item));
}

/** Whether the only item of the first is one of the second. */
export function isIn(a: readonly Item[], b: readonly Item[]): boolean | undefined {
  const item = singleOf(a);
  return item === undefined ? undefined : b.some((one) => equal(one, item));
}

/** `<`, `<=`, `>` or `>=` of two items. */
export function ordered(op: string, a: Item, b: Item, dates: boolean): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (!dates) throw UNDECIDED;
    return op.startsWith('<') ? datesMayBe(a, b, op === '<=') : datesMayBe(b, a, op === '>=');
  }
  const sign = compareMeasures(a, b);
  return op === '<' ? sign < 0 : op === '<=' ? sign <= 0 : op === '>' ? sign > 0 : sign >= 0;
}

/** The text of the only item; '' where there is none. */
export function textOf(items: readonly Item[]): string {
  const item = singleOf(items);
  if (item === undefined) return '';
  if (typeof item !== 'string') throw UNDECIDED;
  return item;
}

/** Each item once, in the order in which they come first. */
export function distinct(items: readonly Item[]): readonly Item[] {
  return items.filter((one, index) => items.findIndex((other) => equal(one, other)) === index);
}
