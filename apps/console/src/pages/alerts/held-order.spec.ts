import { describe, expect, it } from '@jest/globals';
import { heldOrder } from './held-order.js';

const items = (ids: string, version = 1) => ids.split('').map((id) => ({ id, version }));
const shown = (...args: Parameters<typeof heldOrder<{ id: string; version: number }>>) =>
  heldOrder(...args).map(({ id, version }) => `${id}${version}`);

describe('the order of the list', () => {
  it('is that of the server while nobody is at an entry', () => {
    expect(shown(items('abc'), undefined)).toEqual(['a1', 'b1', 'c1']);
  });

  it('keeps the held entry in its place, in its newest version', () => {
    const held = { item: { id: 'a', version: 1 }, index: 0 };
    expect(shown(items('bca', 2), held)).toEqual(['a2', 'b2', 'c2']);
  });

  it('keeps the held entry when it has left the page', () => {
    const held = { item: { id: 'b', version: 1 }, index: 1 };
    expect(shown(items('ac', 2), held)).toEqual(['a2', 'b1', 'c2']);
    expect(shown([], held)).toEqual(['b1']);
  });
});
