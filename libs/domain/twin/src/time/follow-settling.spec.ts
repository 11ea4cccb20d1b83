import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WireSample } from '#libs/contracts';
import { propertyRuns } from '#libs/testing/properties';
import { HOUR, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import type { Finding } from '../alerts/finding.js';
import { measureRule } from '../fixtures/draft.fixture.js';
import { catalogueOf } from '../rules/catalogue.js';
import type { Sample } from '../rules/judged-sample.js';
import type { Detector, DetectorChange, DetectorStep, StreamRule } from '../rules/rule.js';
import type { Cited } from '../state/cited.js';

const ECG = 12;
const { refuses: _, ...SCORE } = measureRule('news2') as StreamRule;
const RULE: StreamRule = { ...SCORE, id: 'high' };
const OTHER: StreamRule = { ...SCORE, id: 'never' };

interface Memory {
  /** Since when values are 1. */
  readonly since: number | null;
  /** To where values are known. */
  readonly judged: number | null;
  readonly longest: number;
}

const NOTHING: Memory = { since: null, judged: null, longest: 0 };
const remembered = (memory: unknown): Memory => (memory as Memory | null) ?? NOTHING;
const beginOf = ({ cited, part }: Sample): number => part?.t ?? cited.t;
const lasts = ({ series }: Sample): number => series!.length * SECOND;

function finding(since: number, cited: Cited): Finding {
  const limit = { limit: 1, limitName: 'x', unit: '1', comparison: 'at-or-above' } as const;
  return { rank: 2, weight: 0, cites: [cited], words: 'High', since, ...limit };
}

/** Holds while values are 1, one a second; a gap ends it. It refuses what it has been given before. */
function step(memory: unknown, sample: Sample): DetectorStep {
  const { cited, series } = sample;
  let { since } = remembered(memory);
  const { judged, longest } = remembered(memory);
  const changes: DetectorChange[] = [];
  const turn = (x: number, t: number): void => {
    if (x === 1 && since === null) changes.push({ rule: RULE.id, finding: finding((since = t), cited) });
    if (x === 0 && since !== null) changes.push({ rule: RULE.id, at: t });
    if (x === 0) since = null;
  };
  const begin = beginOf(sample);
  if (judged !== null && begin > judged) turn(0, judged);
  series!.forEach((x, i) => turn(x, begin + i * SECOND));
  const next = { since, judged: begin + lasts(sample), longest: Math.max(longest, lasts(sample)) };
  const refused = judged !== null && begin < judged ? ['given-twice'] : [];
  return { memory: next, changes, refused, holds: since === null ? {} : { [RULE.id]: finding(since, cited) } };
}

const DETECTOR: Detector = {
  id: 'course',
  codes: [ECG],
  rules: [RULE, OTHER],
  late: 'settles',
  settling: {
    warmUpMs: 10 * SECOND,
    onsetMs: 5 * SECOND,
    afterMs: 2 * SECOND,
    goneMs: SECOND,
    isLate: (memory, sample) => beginOf(sample) < (remembered(memory).judged ?? 0),
    judged: (memory) => remembered(memory).judged,
    longest: (memory) => remembered(memory).longest,
    parts: (samples) => samples.toSorted((a, b) => beginOf(a) - beginOf(b)),
    begin: (memory) => ({ ...NOTHING, longest: remembered(memory).longest }),
  },
  step,
};

const CATALOGUE = catalogueOf([
  { id: 'waves', title: 'Waves', measures: ['ecg'], rules: [RULE, OTHER], detectors: [DETECTOR], derived: [] },
]);

/** Chunks of a course, of these lengths in turns; `.` is a second without a value. */
function chunksOf(course: string, lengths: readonly number[] = [5]): WireSample[] {
  const chunks: WireSample[] = [];
  for (let from = 0; from < course.length;) {
    const run = /^(?:\.+|\d+)/.exec(course.slice(from))![0];
    const length = Math.min(run.length, lengths[chunks.length % lengths.length]!);
    const s = Array.from(run.slice(0, length), Number);
    if (!run.startsWith('.')) chunks.push({ c: ECG, t: T0 + from * SECOND, s, p: SECOND, h: 'II', i: `chunk-${from}` });
    from += length;
  }
  return chunks;
}

function wardWith(records: readonly (readonly WireSample[])[]): Ward {
  const ward = new Ward('p1', undefined, CATALOGUE);
  records.forEach((samples, i) => ward.send(samples, T0 + 4 * HOUR + i));
  return ward;
}

/** From and until of each episode in seconds; null: it goes on. */
function found(ward: Ward): (readonly [number, number | null])[] {
  const seconds = (t: number): number => (t - T0) / SECOND;
  return (ward.episodes() as { start: number; end: number | null }[]).map(({ start, end }) => [
    seconds(start),
    end === null ? null : seconds(end),
  ]);
}

const each = (chunks: readonly WireSample[]): (readonly WireSample[])[] => chunks.map((chunk) => [chunk]);

describe('a detector that settles', () => {
  it('finds what there is in values that go on', () => {
    expect(found(wardWith(each(chunksOf('0011000000111100000'))))).toEqual([
      [2, 4],
      [10, 14],
    ]);
    expect(found(wardWith(each(chunksOf('00110000001111'))))).toEqual([
      [2, 4],
      [10, null],
    ]);
  });

  it('leaves no trace of a rule that says nothing', () => {
    const ward = wardWith(each(chunksOf('0000000000')));
    expect(ward.state.rules).toEqual({});
    expect(Object.keys(wardWith(each(chunksOf('0011000000'))).state.rules)).toEqual([RULE.id]);
  });

  it('does not judge bad values, and those alone leave no memory', () => {
    const bad = chunksOf('11111').map((chunk) => ({ ...chunk, q: 2 as const }));
    expect(wardWith(each(bad)).state.detectors).toEqual({});
    expect(found(wardWith([...each(chunksOf('.....00000')), bad]))).toEqual([]);
  });

  it('finds what late values say where they stand, with what is around them', () => {
    const [before, late, ...after] = chunksOf(`00011${'11100'}${'0'.repeat(20)}`);
    const ward = wardWith(each([before!, ...after]));
    expect(found(ward)).toEqual([[3, 5]]);
    const outcome = ward.send([late!], T0 + 4 * HOUR + MINUTE);
    expect(found(ward)).toEqual([[3, 8]]);
    expect(outcome.counts).toMatchObject({ late: 1, dropped: {} });
    // Read again is what stands from the warm-up before it to what follows from it, not all there is.
    expect(ward.loaded).toBeLessThan(30);
  });

  it('judges late values and those that go on in one record once each, in whatever order they stand', () => {
    const [first, second, third, fourth, fifth] = chunksOf('0001111100000110000000000');
    const ward = wardWith(each([first!, third!]));
    const { counts } = ward.send([fifth!, second!, fourth!], T0 + 4 * HOUR + MINUTE);
    expect(counts.dropped).toEqual({});
    expect(found(ward)).toEqual([
      [3, 8],
      [13, 15],
    ]);
  });

  it('leaves an episode open that values long before it do not reach', () => {
    const [late, ...rest] = chunksOf(`01100${'0'.repeat(30)}11111`);
    const ward = wardWith(each(rest));
    expect(found(ward)).toEqual([[35, null]]);
    ward.send([late!], T0 + 4 * HOUR + MINUTE);
    expect(found(ward)).toEqual([
      [1, 3],
      [35, null],
    ]);
    ward.send(chunksOf(`${'.'.repeat(40)}00000`), T0 + 4 * HOUR + 2 * MINUTE);
    expect(found(ward)).toEqual([
      [1, 3],
      [35, 40],
    ]);
  });

  it.each<[string, string, string, readonly (readonly [number, number | null])[]]>([
    ['corrected', '00000111110000000000', '00000001110000000000', [[7, 10]]],
    ['corrected away', '00000111110000000000', '00000000000000000000', []],
    ['corrected at the newest', '00000000001111111111', '00000000001111111100', [[10, 18]]],
    ['corrected so that it goes on', '00000000001111100000', '00000000001111111111', [[10, null]]],
  ])('takes back what is %s', (__, first, then, expected) => {
    const ward = wardWith([chunksOf(first), chunksOf(then)]);
    expect(found(ward)).toEqual(expected);
  });

  it('splits an episode that began long before what was corrected: the second begins where it was found', () => {
    const long = `00000${'1'.repeat(60)}0000000000`;
    const chunks = chunksOf(long);
    const corrected = { ...chunks[7]!, s: [0, 0, 0, 0, 0] };
    expect(found(wardWith([...each(chunks), [corrected]]))).toEqual([
      [5, 35],
      [40, 65],
    ]);
  });

  it('takes back what is withdrawn, and joins nothing over the gap', () => {
    const chunks = chunksOf('00000111111111111111');
    const ward = wardWith([chunks, [{ ...chunks[2]!, w: 1 }]]);
    expect(found(ward)).toEqual([
      [5, 10],
      [15, null],
    ]);
    const open = wardWith([chunks, [{ ...chunks[3]!, w: 1 }]]);
    expect(found(open)).toEqual([[5, null]]);
  });

  const course = fc
    .array(fc.tuple(fc.constantFrom('0', '0', '1'), fc.integer({ min: 1, max: 15 })), {
      minLength: 2,
      maxLength: 8,
    })
    .map((runs) => runs.map(([value, length]) => value.repeat(length)).join(''));

  it('finds the same in whatever order chunks come, however they are cut', () => {
    fc.assert(
      fc.property(
        course,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        (given, lengths, keys, size) => {
          const chunks = chunksOf(`${given}00000`, lengths);
          const shuffled = chunks
            .map((chunk) => [keys.next().value as number, chunk] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, chunk]) => chunk);
          const records: WireSample[][] = [];
          for (let i = 0; i < shuffled.length; i += size) records.push(shuffled.slice(i, i + size));
          expect(found(wardWith(records))).toEqual(found(wardWith(each(chunksOf(`${given}00000`)))));
        },
      ),
      propertyRuns(60),
    );
  });
});

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
    // It looks a second back, where an episode may still be told to end.
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
