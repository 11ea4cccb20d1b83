import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { MINUTE, SECOND, T0, emittedBy, Ward } from '#libs/testing/ward';

const RR = 2;

/** Runs of ten beats each from `start`, intervals by `next`, ms. */
function beats(start: number, minutes: number, next: (beat: number) => number): WireSample[] {
  const runs: WireSample[] = [];
  let t = start;
  for (let beat = 0; t < start + minutes * MINUTE;) {
    const s = Array.from({ length: 10 }, () => Math.round(next(beat++)));
    runs.push({ c: RR, t, s });
    t += s.reduce((sum, each) => sum + each, 0);
  }
  return runs;
}

/** Irregular as fibrillation is: successive intervals share nothing. Repeatable. */
function irregular(beat: number): number {
  const x = Math.sin((beat + 1) * 12.9898) * 43_758.5453;
  return 450 + 600 * (x - Math.floor(x));
}
const regular = (beat: number): number => 820 + 15 * Math.sin(beat / 4);

describe('the rhythm pack', () => {
  it('emits fibrillation from streamed intervals after six minutes of it, and its end', () => {
    const ward = new Ward();
    const runs = [
      ...beats(T0, 5, regular),
      ...beats(T0 + 6 * MINUTE, 14, irregular),
      ...beats(T0 + 21 * MINUTE, 10, regular),
    ];
    const all = runs.flatMap((run) =>
      emittedBy(ward.send([run], run.t + 20 * SECOND)).map((line) => [line, run.t] as const),
    );
    expect(all.map(([line]) => line)).toEqual([
      'atrial-fibrillation raised medium open',
      'atrial-fibrillation resolved medium resolved',
    ]);
    const raised = ward.alerts()[0]!;
    expect(raised.summary).toMatch(/^Atrial fibrillation: \d/);
    expect(raised.evidence[0]).toMatchObject({ code: 'rr-interval', unit: 'ms' });
    expect((all[0]![1] - T0) / MINUTE).toBeGreaterThan(12);
    expect((all[0]![1] - T0) / MINUTE).toBeLessThan(15);
  });

  it('ends in the same episodes when runs come late', () => {
    const runs = [
      ...beats(T0, 5, regular),
      ...beats(T0 + 6 * MINUTE, 14, irregular),
      ...beats(T0 + 21 * MINUTE, 10, regular),
    ];
    const inOrder = new Ward();
    for (const run of runs) inOrder.send([run], run.t + 20 * SECOND);
    const late = new Ward();
    const held = runs.filter((_, i) => i % 5 === 2);
    for (const run of runs) if (!held.includes(run)) late.send([run], run.t + 20 * SECOND);
    late.send(held, runs.at(-1)!.t + MINUTE);
    expect(inOrder.episodes()).toHaveLength(1);
    expect(late.episodes()).toEqual(inOrder.episodes());
  });

  it('emits a pause, and not a gap between runs', () => {
    const ward = new Ward();
    const runs = beats(T0, 2, regular);
    const end = runs.at(-1)!.t + 8200;
    for (const run of runs) expect(emittedBy(ward.send([run]))).toEqual([]);
    expect(
      emittedBy(ward.send([{ c: RR, t: end + 60 * SECOND, s: [800, 820, 810, 800, 815, 820, 810, 800, 805] }])),
    ).toEqual([]);
    const paused = ward.send([{ c: RR, t: end + 70 * SECOND, s: [810, 4200, 800, 810] }]);
    expect(emittedBy(paused)).toEqual(['pause raised low open']);
  });

  it.each([[[810, 4200, 800, 810]], [[4200]], [[810, 230, 4200, 800]]])(
    'emits a pause of 4.2 s, whatever the gateway says of single intervals: %j',
    (s) => {
      const ward = new Ward();
      const runs = beats(T0, 2, regular);
      for (const run of runs) ward.send([run]);
      const t = runs.at(-1)!.t + runs.at(-1)!.s!.reduce((sum, each) => sum + each, 0);
      const r = ['above-plausible-3000'];
      ward.send([{ c: RR, t, s, q: 1, r }], t + 7 * SECOND);
      ward.send(beats(t + s.reduce((sum, each) => sum + each, 0), 2, regular), t + 3 * MINUTE);
      const [alert] = ward.alerts();
      expect([alert!.rule.id, alert!.severity]).toEqual(['pause', 'medium']);
      expect(Date.parse(ward.alerts().at(-1)!.resolvedAt!) - Date.parse(alert!.effectiveAt)).toBe(4200);
    },
  );

  it('does not judge a child, and says so', () => {
    const ward = new Ward();
    ward.take({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      receivedAt: T0,
      facts: [{ fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate: '2023-01-01' } }],
      samples: [],
      source: 'ehr',
    });
    for (const run of beats(T0, 14, irregular)) expect(emittedBy(ward.send([run]))).toEqual([]);
    expect(ward.outcomes.some(({ counts }) => counts.dropped['outside-population'] !== undefined)).toBe(true);
  });
});
