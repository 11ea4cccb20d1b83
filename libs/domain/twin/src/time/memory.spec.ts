import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE } from '#libs/testing/ward';
import { at, correction, loaded, names, remember, stored, type Version } from './memory.fixture.js';
import { createMemory } from './memory.js';

describe('a memory of identities', () => {
  it('distinguishes what is absent from what nobody has looked up', () => {
    const memory = createMemory();
    const known = stored('a', 0);
    memory.load({
      identities: [
        { identity: 'a', stored: known },
        { identity: 'b', stored: null },
      ],
    });
    expect(['a', 'b', 'c'].map((identity) => memory.identity(identity))).toEqual([known, null, undefined]);
  });

  it('keeps up with new versions of what was looked up, and of nothing else', () => {
    const memory = createMemory();
    memory.load({ identities: [{ identity: 'a', stored: null }] });
    const [a, b] = [stored('a', 0), stored('b', 0)];
    remember(memory, a, b);
    expect([memory.identity('a'), memory.identity('b')]).toEqual([a, undefined]);
  });

  it('answers the former identities that hold first, then those received last, then by name', () => {
    const memory = createMemory();
    const former = [
      stored('withdrawn', 9, { retracted: true }),
      stored('early', 1),
      stored('late-b', 5),
      stored('late-a', 5),
    ];
    memory.load({ identities: [{ identity: 'new', stored: null, former }] });
    expect(names(memory.former('new'))).toEqual(['late-a', 'late-b', 'early', 'withdrawn']);
    expect(memory.former('other')).toEqual([]);
  });

  it('keeps up with versions of former identities', () => {
    const memory = createMemory();
    const [one, other] = [stored('one', 1), stored('other', 2)];
    memory.load({ identities: [{ identity: 'new', stored: null, former: [one, other] }] });
    remember(memory, correction(other, { retracted: true }), stored('unrelated', 3));
    expect(names(memory.former('new'))).toEqual(['one', 'other.2']);
  });

  it('forgets the oldest beyond 4096, once what it was looked up for is applied', () => {
    const memory = createMemory();
    const identities = Array.from({ length: 4_100 }, (_, i) => ({
      identity: `id-${i}`,
      stored: null,
      former: i < 5 ? [stored(`former-${i}`, i)] : [],
    }));
    memory.load({ identities });
    expect(memory.identity('id-0')).toBeNull();
    remember(memory);
    expect(memory.size()).toBe(4_096);
    expect([memory.identity('id-3'), memory.identity('id-4')]).toEqual([undefined, null]);
    expect([memory.former('id-3'), names(memory.former('id-4'))]).toEqual([[], ['former-4']]);
    // A version of a former identity that was forgotten belongs to nothing.
    remember(memory, correction(stored('former-3', 3), { x: 71 }), correction(stored('former-4', 4), { x: 71 }));
    expect([memory.former('id-3'), names(memory.former('id-4'))]).toEqual([[], ['former-4.2']]);
  });
});

describe('a memory of windows', () => {
  it('answers what lies from one time on in order, and nothing of what it does not cover', () => {
    const memory = loaded();
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'b', 'c', 'd']);
    expect(names(memory.window(HEART_RATE, at(1)))).toEqual(['b', 'c', 'd']);
    expect(names(memory.window(HEART_RATE, at(1) + 1))).toEqual(['c', 'd']);
    expect(names(memory.window(HEART_RATE, at(1), at(2)))).toEqual(['b', 'c']);
    expect(names(memory.window(HEART_RATE, at(1), at(2) - 1))).toEqual(['b']);
    expect(names(memory.window(HEART_RATE, at(9)))).toEqual([]);
    expect(memory.window(HEART_RATE, at(0) - 1)).toBeUndefined();
    expect(memory.window(GLUCOSE, at(0))).toBeUndefined();
  });

  it('orders values of one moment by their identity', () => {
    const memory = createMemory();
    const measurements = ['c', 'a', 'b'].map((name) => stored(name, 0));
    memory.load({ windows: [{ code: HEART_RATE, from: at(0), measurements }] });
    remember(memory, stored('aa', 0), stored('d', 0));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'aa', 'b', 'c', 'd']);
  });

  it('answers a stretch of the past from a stretch that covers it', () => {
    const memory = createMemory();
    const measurements = ['a', 'b', 'c'].map((name, i) => stored(name, i));
    memory.load({ windows: [{ code: HEART_RATE, from: at(0), until: at(2), measurements }] });
    expect(names(memory.window(HEART_RATE, at(0), at(2)))).toEqual(['a', 'b', 'c']);
    expect(names(memory.window(HEART_RATE, at(1), at(2)))).toEqual(['b', 'c']);
    expect(names(memory.window(HEART_RATE, at(0), at(1)))).toEqual(['a', 'b']);
    expect(memory.window(HEART_RATE, at(0), at(2) + 1)).toBeUndefined();
    expect(memory.window(HEART_RATE, at(0))).toBeUndefined();
  });

  it('adds what is new where it belongs: in front, between, at the end, in every stretch that covers it', () => {
    const memory = loaded();
    memory.load({ windows: [{ code: HEART_RATE, from: at(-9), until: at(1), measurements: [stored('z', -1)] }] });
    remember(memory, stored('ab', 0.5), stored('e', 4), stored('y', -2), stored('early', -10), stored('aa', 0.5));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'aa', 'ab', 'b', 'c', 'd', 'e']);
    expect(names(memory.window(HEART_RATE, at(-9), at(1)))).toEqual(['y', 'z', 'aa', 'ab']);
  });

  it('adds nothing of another measure', () => {
    const memory = loaded();
    remember(memory, stored('g', 1, { code: GLUCOSE }));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'b', 'c', 'd']);
    expect(memory.window(GLUCOSE, at(0))).toBeUndefined();
  });

  it.each<[name: string, over: Partial<Version>, after: readonly string[]]>([
    ['another value', { x: 71 }, ['a', 'b.2', 'c', 'd']],
    ['a later time', { t: at(2) + 1 }, ['a', 'c', 'b.2', 'd']],
    ['a time that is not covered', { t: at(-1) }, ['a', 'c', 'd']],
    ['another measure', { code: GLUCOSE }, ['a', 'c', 'd']],
    ['a withdrawal', { retracted: true }, ['a', 'c', 'd']],
  ])('takes a corrected version out and the new one in: %s', (_, over, after) => {
    const memory = loaded();
    remember(memory, correction(stored('b', 1), over));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(after);
  });

  it('takes several versions of one measurement in one record', () => {
    const memory = loaded();
    const first = stored('e', 4);
    const second = correction(first, { t: at(5) });
    remember(memory, first, second, correction(second, { t: at(6) }));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'b', 'c', 'd', 'e.3']);
    const withdrawn = stored('f', 7);
    remember(memory, withdrawn, correction(withdrawn, { retracted: true }));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'b', 'c', 'd', 'e.3']);
  });

  it('takes out no other value of the same moment', () => {
    const memory = createMemory();
    const measurements = ['a', 'b', 'c'].map((name) => stored(name, 0));
    memory.load({ windows: [{ code: HEART_RATE, from: at(0), measurements }] });
    remember(memory, correction(stored('b', 0), { retracted: true }));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'c']);
    remember(memory, correction(stored('unknown', 0), { retracted: true }));
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'c']);
  });

  it('knows how stored versions were judged last', () => {
    const memory = createMemory();
    const measurements = [...['a', 'b', 'c'].map((name) => stored(name, 0)), stored('d', 1, { version: 2 })];
    const stretch = { code: HEART_RATE, from: at(-1), until: at(1), measurements };
    memory.load({ windows: [{ code: HEART_RATE, from: at(0), measurements }, stretch] });
    const judged = { quality: 1, reasons: ['spike'] } as const;
    const judgements = [
      { identity: 'b', version: 1, code: HEART_RATE, t: at(0), ...judged },
      { identity: 'd', version: 1, code: HEART_RATE, t: at(1), ...judged },
      { identity: 'g', version: 1, code: GLUCOSE, t: at(0), ...judged },
    ];
    memory.remember({ measurements: [], judgements });
    const known = memory.window(HEART_RATE, at(0))!;
    expect(known.map((one) => one.judged)).toEqual([undefined, judged, undefined, undefined]);
    expect(memory.window(HEART_RATE, at(-1), at(1))).toEqual(known);
  });
});

describe('the bounds of a memory', () => {
  it('keep the newer half of a window that has grown too long, and cover only that', () => {
    const memory = loaded(5);
    remember(memory, stored('e', 4));
    expect(names(memory.window(HEART_RATE, at(0)))).toHaveLength(5);
    remember(memory, stored('f', 5));
    expect(memory.window(HEART_RATE, at(3) - 1)).toBeUndefined();
    expect(names(memory.window(HEART_RATE, at(3)))).toEqual(['d', 'e', 'f']);
  });

  it('never cut a moment in two', () => {
    const memory = createMemory(3);
    const measurements = ['a', 'b', 'c', 'd'].map((name) => stored(name, name === 'd' ? 1 : 0));
    memory.load({ windows: [{ code: HEART_RATE, from: at(-5), measurements }] });
    remember(memory);
    expect(memory.window(HEART_RATE, at(-1))).toBeUndefined();
    expect(names(memory.window(HEART_RATE, at(0)))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keep the four stretches of the past that were loaded last', () => {
    const memory = createMemory();
    const stretch = (minute: number) => ({ code: HEART_RATE, from: at(minute), until: at(minute), measurements: [] });
    memory.load({ windows: [0, 1, 2, 3, 4].map(stretch) });
    const covered = (): readonly boolean[] =>
      [0, 1, 2, 3, 4].map((minute) => memory.window(HEART_RATE, at(minute), at(minute)) !== undefined);
    // Whatever was loaded for a record is there for it.
    expect(covered()).toEqual([true, true, true, true, true]);
    remember(memory);
    expect(covered()).toEqual([false, true, true, true, true]);
    remember(memory);
    expect(covered()).toEqual([false, true, true, true, true]);
  });

  it('count values: one of each identity, as many of a series as it has', () => {
    const memory = loaded();
    expect(memory.size()).toBe(4);
    memory.load({ identities: [{ identity: 'x', stored: null }] });
    const wave = stored('wave', 0, { code: 12, series: [1, 2, 3], periodMs: 4 });
    memory.load({ windows: [{ code: 12, from: at(0), until: at(1), measurements: [wave] }] });
    expect(memory.size()).toBe(8);
  });

  it('end with clear: nothing is known any more', () => {
    const memory = loaded();
    memory.load({
      identities: [{ identity: 'x', stored: null, former: [stored('former', 0)] }],
      windows: [{ code: GLUCOSE, from: at(0), until: at(1), measurements: [] }],
    });
    memory.clear();
    expect(memory.size()).toBe(0);
    expect([memory.identity('x'), memory.former('x')]).toEqual([undefined, []]);
    expect([memory.window(HEART_RATE, at(0)), memory.window(GLUCOSE, at(0), at(1))]).toEqual([undefined, undefined]);
    remember(memory, correction(stored('former', 0), { x: 71 }));
    expect(memory.former('x')).toEqual([]);
  });
});
