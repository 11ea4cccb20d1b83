import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, SECOND, T0, Ward } from '#libs/testing/ward';
import type { Finding } from '../alerts/finding.js';
import { measureRule } from '../fixtures/draft.fixture.js';
import { catalogueOf } from '../rules/catalogue.js';
import type { Detector, Lateness, StreamRule } from '../rules/rule.js';

const { refuses: _, ...SCORE } = measureRule('news2') as StreamRule;
const RULE: StreamRule = { ...SCORE, id: 'high' };

interface Seen {
  readonly code: number;
  readonly minute: number;
  /** The newest time there was, minutes. */
  readonly now: number;
}

const minuteOf = (t: number): number => (t - T0) / MINUTE;
const finding = { rank: 2, weight: 0, words: 'High', limit: 100, limitName: 'x', unit: '1' } as const;

/** Remembers what it was given, in that order, and what it was to forget; holds while the newest value is over 100. */
function recorder(late: Lateness, codes: readonly number[]): Detector {
  return {
    id: 'recorder',
    codes,
    rules: [RULE],
    late,
    forget: (memory, identities) => ({ ...(memory as object), forgotten: [...identities] }),
    step: (memory, { cited }, { now }) => {
      const { seen = [] } = (memory ?? {}) as { readonly seen?: readonly Seen[] };
      const one = { code: cited.code, minute: minuteOf(cited.t), now: minuteOf(now) };
      const found: Finding = { ...finding, cites: [cited], since: cited.t, comparison: 'above' };
      return { memory: { seen: [...seen, one] }, holds: cited.x > 100 ? { [RULE.id]: found } : {} };
    },
  };
}

function wardOf(detector: Detector): Ward {
  const head = { id: 'p', title: 'P', measures: ['heart-rate', 'oxygen-saturation'] } as const;
  const pack = { ...head, rules: [RULE], detectors: [detector], derived: [] };
  return new Ward('p1', undefined, catalogueOf([pack]));
}

function memoryOf(ward: Ward): { readonly seen: readonly Seen[]; readonly forgotten?: readonly string[] } {
  return ward.state.detectors['recorder']!.now!.memory as ReturnType<typeof memoryOf>;
}

const value = (c: number, minute: number, x: number, over: Partial<WireSample> = {}): WireSample => ({
  c,
  t: T0 + minute * MINUTE,
  x,
  i: `${c}-${minute}`,
  ...over,
});

describe('a detector that takes values as they come', () => {
  it('is given those of a record in order of their time, whatever their measure and place', () => {
    const ward = wardOf(recorder('as-it-comes', [HEART_RATE, OXYGEN]));
    ward.send([value(HEART_RATE, 0, 70), value(HEART_RATE, 4, 70), value(OXYGEN, 2, 97), value(OXYGEN, 6, 97)]);
    expect(memoryOf(ward).seen.map(({ code, minute }) => [code, minute])).toEqual([
      [HEART_RATE, 0],
      [OXYGEN, 2],
      [HEART_RATE, 4],
      [OXYGEN, 6],
    ]);
  });

  it.each([
    [HEART_RATE, OXYGEN],
    [OXYGEN, HEART_RATE],
  ])('knows the newest time of all its measures, also with a late value (%d ahead of %d)', (ahead, behind) => {
    const ward = wardOf(recorder('as-it-comes', [HEART_RATE, OXYGEN]));
    ward.send([value(behind, 0, 97), value(ahead, 9, 70)]);
    ward.send([value(behind, 5, 97)]);
    expect(memoryOf(ward).seen.map(({ now }) => now)).toEqual([0, 9, 9]);
  });

  it('forgets what was corrected, and is not asked to where nothing was', () => {
    const ward = wardOf(recorder('as-it-comes', [HEART_RATE, OXYGEN]));
    ward.send([value(HEART_RATE, 0, 70)]);
    ward.send([value(HEART_RATE, 1, 71), value(HEART_RATE, 0, 70)]);
    expect(memoryOf(ward)).toEqual({ seen: [0, 1].map((minute) => ({ code: HEART_RATE, minute, now: minute })) });
    ward.send([value(HEART_RATE, 1, 71, { w: 1 })], T0 + 3 * MINUTE);
    const [forgotten] = memoryOf(ward).forgotten!;
    expect([...ward.stored.values()].find(({ retracted }) => retracted)!.identity).toBe(forgotten);
  });

  it('leaves no trace where there is nothing to remember and no value', () => {
    const silent: Detector = { ...recorder('as-it-comes', [OXYGEN]), step: () => ({ memory: null, holds: {} }) };
    const ward = wardOf(silent);
    ward.send([value(HEART_RATE, 0, 70)]);
    expect(ward.state.detectors).toEqual({});
    expect(ward.state.rules).toEqual({});
  });
});

describe('a detector that is folded again', () => {
  it('judges each value at its own time', () => {
    const ward = wardOf(recorder('refold', [HEART_RATE]));
    ward.send([value(HEART_RATE, 0, 70), value(HEART_RATE, 9, 70)]);
    ward.send([value(HEART_RATE, 5, 70)]);
    expect(memoryOf(ward).seen.map(({ minute, now }) => [minute, now])).toEqual([
      [0, 0],
      [5, 5],
      [9, 9],
    ]);
  });

  it.each([
    ['limits', 'oxygen-saturation-low', undefined, OXYGEN, 88, 95],
    ['a detector', 'high', recorder('refold', [HEART_RATE]), HEART_RATE, 120, 70],
  ] as const)(
    'leaves what is older than the episodes it remembers, counts it, and goes on with the rest: %s',
    (__, rule, detector, code, bad, good) => {
      const ward = detector === undefined ? new Ward() : wardOf(detector);
      // 70 episodes, of which 64 are remembered.
      const cycle = [bad, good, good];
      const dips = Array.from({ length: 210 }, (___, i) =>
        value(code, 17 * Math.floor(i / 3) + [0, 1, 2][i % 3]!, cycle[i % 3]!),
      );
      ward.send(dips);
      const { count, floor } = ward.state.rules[rule]!;
      expect(count).toBe(70);
      expect(floor).not.toBeNull();
      const { counts } = ward.send([value(code, 4, bad), value(code, 1200, bad)], T0 + 1201 * MINUTE);
      expect(counts.dropped['too-late-for-rules']).toBeGreaterThan(0);
      // The one that goes on began an episode; the late one changed none.
      expect(ward.state.rules[rule]!.count).toBe(71);
      expect(ward.state.rules[rule]!.episodes.at(-1)).toMatchObject({ start: T0 + 1200 * MINUTE, end: null });
      const inReach = ward.send([value(code, 1195, bad)], T0 + 1202 * MINUTE);
      expect(inReach.counts.dropped).toEqual({});
    },
  );
});

describe('a rule that is not for the person', () => {
  const born = (birthDate: string, receivedAt: number) =>
    ({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      receivedAt,
      facts: [{ fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate } }],
      samples: [],
      source: 'ehr',
    }) as const;

  it('ends an episode that was open when that became known, at the next value', () => {
    const ward = new Ward();
    ward.send([value(GLUCOSE, 0, 60)]);
    ward.send([value(GLUCOSE, 1, 59)]);
    ward.take(born('2026-02-25', T0 + 2 * MINUTE));
    const { counts } = ward.send([value(GLUCOSE, 5, 58)], T0 + 5 * MINUTE + SECOND);
    expect(counts.dropped['outside-population']).toBeGreaterThan(0);
    expect(ward.state.rules['glucose-low']!.episodes).toMatchObject([{ start: T0, end: T0 + 5 * MINUTE }]);
  });
});
