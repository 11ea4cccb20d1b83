import type { LookupFunction } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { publicLookup, sharedLookup } from './public-lookup.js';

interface Answer {
  readonly code: string | undefined;
  readonly addresses: readonly string[];
}

function ask(lookup: LookupFunction, name: string, all: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    lookup(name, { all }, (error, found) => {
      const listed = typeof found === 'string' ? [{ address: found }] : (found ?? []);
      resolve({ code: error?.code, addresses: listed.map(({ address }) => address).filter((one) => one !== '') });
    });
  });
}

/** A name that leads to this machine, wherever the test runs. */
const PRIVATE = 'localhost';

describe.each([true, false])('a name that leads to a private address, all of its addresses asked for: %s', (all) => {
  it('is refused where the address must be public, and no address given', async () => {
    expect(await ask(publicLookup, PRIVATE, all)).toEqual({ code: 'ENOTPUBLIC', addresses: [] });
  });

  it('is resolved where an operator allows it', async () => {
    const { code, addresses } = await ask(sharedLookup, PRIVATE, all);
    expect(code).toBeUndefined();
    expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...addresses]));
    expect(addresses).not.toHaveLength(0);
  });

  it('is refused each time of several at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(publicLookup, PRIVATE, all)));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['ENOTPUBLIC']));
  });
});

it('a public address stays as it is', async () => {
  expect(await ask(publicLookup, '1.1.1.1', true)).toEqual({ code: undefined, addresses: ['1.1.1.1'] });
});

it('a name that cannot be resolved is an error of its own', async () => {
  const { code, addresses } = await ask(publicLookup, 'no-such-name.invalid', true);
  expect(code).not.toBe('ENOTPUBLIC');
  expect(code).toBeDefined();
  expect(addresses).toEqual([]);
});
