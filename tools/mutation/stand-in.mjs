/**
 * What the pure suites use of `@jest/globals`: `describe`, `it`, `it.each` and Jest's own `expect`. Tests are collected when a suite is
 * imported, and run by `runner.mjs`, as often as wanted, without loading anything again.
 */
import { format } from 'node:util';
import { expect } from 'expect';

export { expect };

/** In the order in which they were declared; the name is unique. */
export const tests = new Map();
const around = [];

export function describe(title, declare) {
  around.push(title);
  declare();
  around.pop();
}

export function it(title, run) {
  const name = [...around, title].join(' ');
  let unique = name;
  for (let n = 2; tests.has(unique); n++) unique = `${name} (${n})`;
  tests.set(unique, run);
}

it.each = (table) => (title, run) => {
  for (const row of table) {
    const values = Array.isArray(row) ? row : [row];
    const shown = values.slice(0, title.match(/%[a-z]/g)?.length ?? 0);
    it(format(title, ...shown), () => run(...values));
  }
};

/** Suites of one file are named by it, so that those of another may have the same titles. */
export async function collect(file, url) {
  around.push(file);
  await import(url);
  around.pop();
}
