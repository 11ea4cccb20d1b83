/**
 * What the pure suites use of `@jest/globals`: `describe`, `it`, `each` of both and Jest's own `expect`. Tests are collected when a suite is
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
  for (const { values, name } of rowsOf(table, title)) it(name, () => run(...values));
};

describe.each = (table) => (title, declare) => {
  for (const { values, name } of rowsOf(table, title)) describe(name, () => declare(...values));
};

function rowsOf(table, title) {
  return table.map((row) => {
    const values = Array.isArray(row) ? row : [row];
    return { values, name: format(title, ...values.slice(0, title.match(/%[a-z]/g)?.length ?? 0)) };
  });
}

/** Suites of one file are named by it, so that those of another may have the same titles. */
export async function collect(file, url) {
  around.push(file);
  await import(url);
  around.pop();
}
