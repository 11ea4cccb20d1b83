import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { cut, ecg, every, HOUR, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import type { TwinState } from '../index.js';

/** Ten seconds without a beat, then a run of ventricular beats; on two leads. */
const TIMES = [...every(0.5, 15, 0.8), ...every(25, 34, 0.8), ...every(41.4, 48, 0.8)];
const OPTIONS = { ventricular: every(34.2, 41, 0.4) };
const LEAD_II = ecg(48, TIMES, OPTIONS);
const LEAD_V1 = ecg(48, TIMES, { ...OPTIONS, channel: 'V1', gain: -0.6 });
const SECONDS = [250];

function byTime(chunks: readonly WireSample[]): WireSample[] {
  return [...chunks].sort((a, b) => a.t - b.t);
}

/** One record per chunk, as they come. */
function sent(chunks: readonly WireSample[], reload?: ConstructorParameters<typeof Ward>[1]): Ward {
  const ward = new Ward('p1', reload);
  chunks.forEach((chunk, i) => ward.send([chunk], T0 + HOUR + i));
  // What waits has its turn.
  ward.tick(T0 + 2 * HOUR);
  return ward;
}

function both(one: readonly number[], two: readonly number[]): WireSample[] {
  return byTime([...cut(LEAD_II, one), ...cut(LEAD_V1, two)]);
}

const expected = sent(both(SECONDS, SECONDS)).episodes();
const expectedOfOne = sent(cut(LEAD_II, SECONDS)).episodes();

/** How a gateway cuts: by the second, some seconds, or as much as the gateway accepts. */
const size = fc.oneof(fc.integer({ min: 700, max: 3000 }), fc.integer({ min: 3000, max: 20_000 }));
const sizes = fc.array(size, { minLength: 1, maxLength: 4 });
const keys = fc.infiniteStream(fc.nat());

function shuffled<T>(all: readonly T[], order: fc.Stream<number>): T[] {
  return all
    .map((one) => [order.next().value as number, one] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, one]) => one);
}

describe('waveforms of two leads', () => {
  it('show what is in them', () => {
    expect(new Set(expected.map((one) => (one as { rule: string }).rule)).size).toBeGreaterThan(2);
  });

  it('end in the same episodes however each is cut', () => {
    fc.assert(
      fc.property(sizes, sizes, (one, two) => {
        expect(sent(both(one, two)).episodes()).toEqual(expected);
      }),
      { ...propertyRuns(4), endOnFailure: true },
    );
  }, 120_000);

  it('end in the same episodes when they come in any order, some of them twice', () => {
    fc.assert(
      fc.property(sizes, sizes, keys, (one, two, order) => {
        const chunks = both(one, two);
        const again = chunks.filter(() => (order.next().value as number) % 5 === 0);
        expect(sent(shuffled([...chunks, ...again], order)).episodes()).toEqual(expected);
      }),
      { ...propertyRuns(4), endOnFailure: true },
    );
  }, 120_000);
});

describe('late, corrected and withdrawn waveforms', () => {
  const inSeconds = both(SECONDS, SECONDS);

  it('give the same bytes with and without a reload between the records', () => {
    const order = [...inSeconds.slice(0, 30), ...inSeconds.slice(50), ...inSeconds.slice(30, 50)];
    const reloaded = sent(order, (state) => JSON.parse(JSON.stringify(state)) as TwinState);
    const plain = sent(order);
    expect(JSON.stringify(reloaded.state)).toBe(JSON.stringify(plain.state));
    expect(JSON.stringify(reloaded.alerts())).toBe(JSON.stringify(plain.alerts()));
  });

  it('end in what the last versions alone give', () => {
    const named = cut(LEAD_II, SECONDS).map((chunk, i) => ({ ...chunk, i: `chunk-${i}` }));
    const quiet = cut(ecg(48, every(0.5, 48, 0.8)), SECONDS);
    const gone = named.map((chunk, i): WireSample => ({ ...chunk, s: quiet[i]!.s! }));
    // Beats where there were none, then as it was, but for the second in which it became known.
    const corrected = sent([...named, ...gone.slice(14, 26)]);
    expect(corrected.episodes()).not.toContainEqual(expect.objectContaining({ rule: 'asystole' }));
    const retracted = corrected.alerts().filter(({ transition }) => transition === 'retracted');
    expect(retracted.map(({ rule }) => rule.id)).toContain('asystole');
    const back = [...named, ...gone.slice(14, 26), ...named.slice(14, 26)].map((chunk, i) => ({ chunk, i }));
    const ward = new Ward();
    for (const { chunk, i } of back) ward.send([chunk], T0 + HOUR + i);
    ward.tick(T0 + 2 * HOUR);
    expect(ward.episodes()).toEqual(expectedOfOne);
    const withdrawn = sent([...named, { ...named[18]!, w: 1 }]);
    const without = sent(named.filter((_, i) => i !== 18));
    expect(withdrawn.episodes()).toEqual(without.episodes());
  });

  it('keep the newest value when it is withdrawn', () => {
    const named = cut(LEAD_II, SECONDS).map((chunk, i) => ({ ...chunk, i: `chunk-${i}` }));
    const ward = sent([...named, { ...named.at(-1)!, w: 1 }]);
    expect(ward.state.measures[12]!.latest?.t).toBe(named.at(-2)!.t);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', '12|f:gateway|II'])(
    'are found on a channel called %s',
    (channel) => {
      const called = cut({ ...LEAD_II, channel }, SECONDS);
      const order = [...called.slice(0, 20), ...called.slice(26), ...called.slice(20, 26)];
      expect(sent(order).episodes()).toEqual(expectedOfOne);
    },
  );

  it('of two devices that use the same name for a channel are not taken for one', () => {
    const own = cut(LEAD_II, SECONDS).map((chunk) => ({ ...chunk, d: 'bedside' }));
    const other = cut({ ...LEAD_V1, channel: 'II' }, SECONDS).map((chunk) => ({ ...chunk, d: 'holter' }));
    const ward = sent(byTime([...own, ...other]));
    expect(ward.episodes()).toEqual(expected);
    expect(ward.outcomes.every(({ counts }) => Object.keys(counts.dropped).length === 0)).toBe(true);
  });
});

describe('the cost of waveforms', () => {
  const beats = every(0.5, 240, 0.8);

  it('is no look back for two leads that come in step, each in its own record', () => {
    const seconds = byTime([
      ...cut(ecg(60, every(0.5, 60, 0.8)), SECONDS),
      ...cut(ecg(60, every(0.5, 60, 0.8), { channel: 'V1' }), SECONDS),
    ]);
    const ward = sent(seconds);
    expect(ward.loads).toBe(0);
  });

  it('of a late one is its surroundings, however much came since', () => {
    const ward = sent(cut(ecg(240, beats), SECONDS));
    expect(ward.loads).toBe(0);
    const late = cut(ecg(1, beats, { channel: 'V1' }), SECONDS);
    ward.send(late, T0 + 20 * MINUTE);
    // The second itself and half a minute after it, of all channels.
    expect(ward.loaded).toBeLessThanOrEqual(33 * 250);
    const middle = cut(ecg(120, beats, { channel: 'V1' }), SECONDS).at(-1)!;
    const before = ward.loaded;
    ward.send([middle], T0 + 20 * MINUTE + SECOND);
    expect(ward.loaded - before).toBeLessThanOrEqual(79 * 250);
  });

  it('of a backlog sent by the second is in proportion to it', () => {
    const ward = sent(cut(ecg(240, beats), SECONDS));
    const before = ward.loaded;
    const backlog = cut(ecg(120, beats, { channel: 'V1' }), SECONDS);
    backlog.forEach((chunk, i) => ward.send([chunk], T0 + 3 * HOUR + i));
    ward.tick(T0 + 4 * HOUR);
    expect(ward.loaded - before).toBeLessThanOrEqual(6 * 120 * 250);
  });
});
