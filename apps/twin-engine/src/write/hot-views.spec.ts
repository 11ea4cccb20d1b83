import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { initialTwin } from '#libs/domain/twin';
import type { HotState, HotTwin } from '#libs/platform/storage';
import { HotViews } from './hot-views.js';

describe('views of committed twins', () => {
  it('are shown at once when nothing was shown just before', async () => {
    const { hot, calls } = recording();
    const views = viewsOn(hot);
    const began = performance.now();
    views.show(committed(1));
    while (calls.length < 2 && performance.now() - began < 1_000)
      await new Promise((resolve) => setTimeout(resolve, 1));
    expect(calls.map(({ kind, versions }) => ({ kind, versions }))).toEqual([
      { kind: 'put', versions: [1] },
      { kind: 'publish', versions: [1] },
    ]);
    await views.settled();
  });

  it('are merged while commits come faster than rounds, the newest version last', async () => {
    const { hot, calls } = recording();
    const views = viewsOn(hot);
    const began = performance.now();
    let version = 0;
    while (performance.now() - began < 200) {
      version += 1;
      views.show(committed(version));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await views.settled();
    const puts = calls.filter(({ kind }) => kind === 'put');
    // One round for each 25 ms at most, and one more at either end.
    expect(puts.length).toBeLessThanOrEqual((performance.now() - began) / 25 + 2);
    expect(version).toBeGreaterThan(puts.length);
    expect(puts.at(-1)?.versions).toEqual([version]);
  });

  it('are announced after they are put, though nobody waits for the answer between', async () => {
    const { hot, calls } = recording();
    const views = viewsOn(hot);
    for (let version = 1; version <= 3; version += 1) {
      views.show(committed(version));
      await views.settled();
    }
    expect(calls.map(({ kind }) => kind)).toEqual(['put', 'publish', 'put', 'publish', 'put', 'publish']);
  });
});

function viewsOn(hot: Pick<HotState, 'put' | 'publish'>): HotViews {
  return new HotViews(hot, DEFAULT_CATALOGUE, (error) => {
    throw error;
  });
}

/** A commit that has brought the twin of patient p1 to this version. */
function committed(version: number): Parameters<HotViews['show']>[0] {
  const state = { ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), version };
  const twin = { key: '1', state, recorded: {}, armed: undefined, size: 0 };
  return { written: [{ twin, isChanged: true }], transitions: [] };
}

interface Call {
  readonly kind: 'put' | 'publish';
  readonly versions: readonly number[];
}

function recording(): { readonly hot: Pick<HotState, 'put' | 'publish'>; readonly calls: Call[] } {
  const calls: Call[] = [];
  const hot = {
    put: (twins: readonly HotTwin[]) => {
      calls.push({ kind: 'put', versions: twins.map(({ version }) => version) });
      return new Promise<void>((resolve) => setTimeout(resolve, 3));
    },
    publish: (messages: readonly { readonly message: string }[]) => {
      calls.push({ kind: 'publish', versions: messages.map(({ message }) => Number(message)) });
      return Promise.resolve();
    },
  };
  return { hot, calls };
}
