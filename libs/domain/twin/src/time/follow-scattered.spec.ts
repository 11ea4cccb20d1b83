import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { HOUR, MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { chunksOf, found, RULE, wardWith } from '../fixtures/settling.fixture.js';

describe('late values that are scattered', () => {
  const far = (minutes: number, course = '01100'): WireSample[] =>
    chunksOf(course).map((chunk) => ({ ...chunk, t: chunk.t + minutes * MINUTE, i: `far-${minutes}` }));

  it('are judged again as far as an hour of them in all goes, the newest first; the rest is counted', () => {
    // Each is worth 17 s: five of values, two after them, ten of warm-up.
    const all = Array.from({ length: 212 }, (__, i) => far(i));
    const ward = wardWith([far(213, '00000')]);
    const { counts } = ward.send(all.flat(), T0 + 5 * HOUR);
    expect(counts.dropped).toEqual({ 'course-too-scattered': 1 });
    expect(ward.state.rules[RULE.id]!.count).toBe(211);
  });

  it('of a time whose episodes are forgotten change nothing, and are counted', () => {
    // 70 episodes, of which 64 are remembered.
    const ward = wardWith([Array.from({ length: 70 }, (__, i) => far(i)).flat()]);
    const { count, floor } = ward.state.rules[RULE.id]!;
    expect([count, floor]).toEqual([70, T0 + 5 * MINUTE + 3 * SECOND + 1]);
    const late = (minutes: number, seconds: number): WireSample => ({
      ...far(minutes)[0]!,
      t: T0 + minutes * MINUTE + seconds * SECOND,
      i: `late-${minutes}-${seconds}`,
    });
    // It looks a second back, where an episode may still end.
    const [before, after] = [ward.send([late(5, 0)], T0 + 5 * HOUR), ward.send([late(5, 10)], T0 + 5 * HOUR + 1)];
    expect([before.counts.dropped, ward.state.rules[RULE.id]!.count]).toEqual([{ 'too-late-for-rules': 1 }, 71]);
    expect(after.counts.dropped).toEqual({});
  });

  it('are judged again where they stand, in whatever order they come', () => {
    const quiet = Array.from({ length: 40 }, (__, i) => far(i, '00000'));
    const ward = wardWith([quiet.flat()]);
    const loaded = ward.loaded;
    const shifted = (minutes: number): WireSample => {
      const [one] = far(minutes);
      return { ...one!, t: one!.t + 20 * SECOND, i: `shifted-${minutes}` };
    };
    ward.send([shifted(30), shifted(5), shifted(20)], T0 + 5 * HOUR);
    expect(found(ward)).toEqual([5, 20, 30].map((minutes) => [minutes * 60 + 21, minutes * 60 + 23]));
    // Not the forty minutes between them.
    expect(ward.loaded - loaded).toBeLessThan(60);
  });

  it('are one stretch where they share their warm-up', () => {
    const ward = wardWith([far(213, '00000')]);
    const near = Array.from({ length: 300 }, (__, i) => ({ ...far(0)[0]!, t: T0 + i * 12 * SECOND, i: `near-${i}` }));
    expect(ward.send(near, T0 + 5 * HOUR).counts.dropped).toEqual({});
    expect(ward.state.rules[RULE.id]!.count).toBe(300);
  });
});
