import { describe, expect, it } from '@jest/globals';
import type { ActRecord, WireSample } from '#libs/contracts';
import { catalogueOf, viewOf } from '#libs/domain/twin';
import { VITAL_FORECAST } from '#libs/domain/vital-forecast';
import { HOUR, MINUTE, SECOND, T0, emittedBy, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE, PACKS } from '../packs.js';

const CODE = { heart: 1, oxygen: 3, breaths: 4, systolic: 5, temperature: 8, flow: 15, coma: 17 } as const;

/** A charted set of observations at one moment. */
function chart(t: number, values: Partial<Record<keyof typeof CODE, number>>): WireSample[] {
  return Object.entries(values).map(([name, x]) => ({ c: CODE[name as keyof typeof CODE], t, x }));
}

const WELL = { heart: 72, oxygen: 97, breaths: 16, systolic: 124, temperature: 36.8, flow: 0, coma: 15 };
/** NEWS2 7: respiration 24 (2), saturation 93 (2), oxygen (2), heart rate 105 (1). */
const ILL = { ...WELL, breaths: 24, oxygen: 93, flow: 2, heart: 105 };

describe('NEWS2 in the deterioration pack', () => {
  it('emits a charted set at once, with what each input adds, how old it is and the limit', () => {
    const ward = new Ward();
    expect(emittedBy(ward.send(chart(T0, WELL)))).toEqual([]);
    const outcome = ward.send(chart(T0 + 4 * HOUR, ILL));
    expect(emittedBy(outcome)).toEqual(['news2 raised high open']);
    const { explanation, threshold, evidence, summary } = outcome.transitions[0]!.alert;
    expect(explanation.score).toBe(7);
    expect(explanation.contributions!.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(7);
    expect(explanation.contributions).toContainEqual({ name: 'respiratoryRate', value: 24, contribution: 2 });
    expect(explanation.missing).toEqual([]);
    expect(explanation.notes).toEqual([
      'consciousness from the Glasgow coma score',
      'recommended observation: continuous monitoring of vital signs',
      'highest in 24 h: 7',
      'last complete set 0 min ago',
    ]);
    expect(threshold).toMatchObject({ limit: 7, comparison: 'at-or-above', unit: '{score}', layer: 'default' });
    expect(evidence.map(({ code }) => code).sort()).toEqual([
      'body-temperature',
      'glasgow-coma-score',
      'heart-rate',
      'oxygen-flow',
      'oxygen-saturation',
      'respiratory-rate',
      'systolic-pressure',
    ]);
    expect(evidence.every(({ ageSeconds }) => ageSeconds === 0)).toBe(true);
    expect(summary).toMatch(/^NEWS2 is 7 \(since/);
  });

  it('without a cited measurement is as much less as it was said to add', () => {
    const whole = new Ward();
    const [alert] = whole.send(chart(T0, ILL)).transitions.map((one) => one.alert);
    for (const { name, contribution } of alert!.explanation.contributions!) {
      const code = { heartRate: 'heart', oxygenSaturation: 'oxygen', respiratoryRate: 'breaths', onOxygen: 'flow' }[
        name
      ];
      if (code === undefined) continue;
      const { [code as keyof typeof ILL]: _, ...others } = ILL;
      const ward = new Ward();
      ward.act(limits({ medium: 3, high: 4 }), T0);
      const less = ward.send(chart(T0, others)).transitions[0]!.alert.explanation;
      expect([name, less.score]).toEqual([name, 7 - contribution]);
      expect(less.missing).toContain(name);
    }
  });

  it('says that a partial total is the least it can be, and never counts what is missing as normal', () => {
    const ward = new Ward();
    const { alert } = ward.send(chart(T0, { breaths: 26, oxygen: 91, heart: 135 })).transitions[0]!;
    expect(alert.summary).toMatch(/^NEWS2 is at least 9, with 4 of 7 inputs missing/);
    expect(alert.explanation.missing).toEqual(['onOxygen', 'systolicPressure', 'consciousness', 'temperature']);
  });

  it('waits five minutes where values come continuously', () => {
    const ward = new Ward();
    const minute = (at: number, x: number) => chart(T0 + at * MINUTE, { breaths: x, heart: 80, oxygen: 97 });
    for (let at = 0; at < 10; at++) expect(emittedBy(ward.send(minute(at, 16)))).toEqual([]);
    expect(emittedBy(ward.send(minute(10, 26)))).toEqual([]);
    expect(emittedBy(ward.send(minute(11, 16)))).toEqual([]);
    const lines = Array.from({ length: 7 }, (_, i) => emittedBy(ward.send(minute(12 + i, 26))));
    expect(lines.map((all) => all.join())).toEqual(['', '', '', '', '', 'news2 raised medium open', '']);
  });

  it('ends with a better set hours later', () => {
    const ward = new Ward();
    ward.send(chart(T0, ILL));
    expect(emittedBy(ward.send(chart(T0 + 4 * HOUR, WELL)))).toEqual(['news2 resolved high resolved']);
  });

  it('uses the second saturation scale only where it is set for the patient', () => {
    const hypercapnic = { ...WELL, oxygen: 89, flow: 1 };
    const usual = new Ward();
    expect(emittedBy(usual.send(chart(T0, hypercapnic)))).toContain('news2 raised medium open');
    const decided = new Ward();
    decided.act(limits({ saturationScale: 2 }), T0 - HOUR);
    expect(emittedBy(decided.send(chart(T0, hypercapnic))).filter((line) => line.startsWith('news2'))).toEqual([]);
  });

  it('takes values in any order, and forgets one that is withdrawn', () => {
    const any = new Ward();
    const set = chart(T0, ILL);
    for (const sample of [...set].reverse()) any.send([sample], T0 + MINUTE);
    const once = new Ward();
    once.send(set, T0 + MINUTE);
    expect(any.state.detectors['news2']!.now!.memory).toMatchObject({
      inputs: (once.state.detectors['news2']!.now!.memory as { inputs: object }).inputs,
    });
    const named = new Ward();
    named.send(
      set.map((sample, i) => ({ ...sample, i: `n${i}` })),
      T0 + MINUTE,
    );
    const breaths = set.findIndex(({ c }) => c === CODE.breaths);
    named.send([{ ...set[breaths]!, i: `n${breaths}`, w: 1 }], T0 + 2 * MINUTE);
    expect(Object.keys((named.state.detectors['news2']!.now!.memory as { inputs: object }).inputs)).not.toContain('4');
  });

  it('refuses the young and the pregnant, and the twin says so', async () => {
    const { viewOf } = await import('#libs/domain/twin');
    const ward = new Ward();
    ward.take({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      receivedAt: T0 - SECOND,
      facts: [
        {
          fact: 'condition',
          reference: 'Condition/c',
          version: 1,
          content: { code: { code: '77386006' }, clinicalStatus: 'active' },
        },
      ],
      samples: [],
      source: 'ehr',
    });
    expect(emittedBy(ward.send(chart(T0, ILL))).filter((line) => line.startsWith('news2'))).toEqual([]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).refusals).toContainEqual({ rule: 'news2', reason: 'pregnant' });
  });

  function limits(own: Record<string, number>): ActRecord['does'] {
    return { type: 'set-thresholds', thresholds: [{ rule: 'news2', limits: own, reason: 'decided on the round' }] };
  }
});

describe('the deterioration trend', () => {
  it('finds a course towards sepsis, with contributions that add up to the score', () => {
    const ward = new Ward();
    const lines: string[] = [];
    for (let hour = 0; hour < 30; hour++) {
      const worse = Math.max(0, hour - 12);
      const set = chart(T0 + hour * HOUR, {
        heart: 78 + 4 * worse,
        oxygen: 97 - 0.4 * worse,
        breaths: 16 + worse,
        systolic: 125 - 3 * worse,
        temperature: 36.8 + 0.15 * worse,
      });
      lines.push(
        ...emittedBy(ward.send(set)),
        ...emittedBy(ward.send(chart(T0 + hour * HOUR + 10 * MINUTE, { heart: 78 + 4 * worse }))),
      );
    }
    // NEWS2 says the same more gravely and leads; the trend is folded into it.
    expect(lines).toContain('news2 escalated high open');
    expect(ward.outcomes.flatMap(({ suppressions }) => suppressions)).toContainEqual(
      expect.objectContaining({ rule: 'deterioration-trend', reason: 'same-cause', severity: 'low' }),
    );
    const { finding } = ward.state.rules['deterioration-trend']!.episodes.at(-1)!;
    const sum = finding!.contributions!.reduce((all, { contribution }) => all + contribution, finding!.intercept!);
    expect(sum).toBe(finding!.score);
    expect(finding!.cites.map((cited) => cited.code).sort((x, y) => x - y)).toEqual([1, 3, 4, 5, 8]);
  });
});

describe('the scores that raise no alert', () => {
  const derived = (ward: Ward) => viewOf(DEFAULT_CATALOGUE, ward.state, T0 + HOUR).derived;

  it('are shown with what is missing and the most they could be', () => {
    const ward = new Ward();
    ward.send(chart(T0, { breaths: 24, systolic: 96 }));
    expect(derived(ward)).toMatchObject({
      qsofa: { value: 2, parts: { atMost: 3, missing: 1 } },
      sirs: { refused: 'too-few-inputs' },
      mews: { refused: 'too-few-inputs' },
    });
    ward.send(chart(T0 + 10 * MINUTE, { coma: 14, heart: 72, temperature: 36.8 }));
    expect(derived(ward)).toMatchObject({
      qsofa: { value: 3, parts: { atMost: 3, missing: 0, oldestSeconds: 600 } },
      sirs: { value: 1, parts: { atMost: 2, missing: 1 } },
      // A coma score of 14 says nothing sure on the scale of MEWS.
      mews: { value: 3, parts: { missing: 1 } },
    });
  });

  it('leave out what is older than 12 h or bad', () => {
    const ward = new Ward();
    ward.send(chart(T0, { breaths: 24, coma: 14 }));
    ward.send(chart(T0 + 13 * HOUR, { systolic: 96 }));
    expect(derived(ward)).toMatchObject({ qsofa: { refused: 'too-few-inputs' } });
    ward.send(chart(T0 + 13 * HOUR, { coma: 14 }));
    expect(derived(ward)).toMatchObject({ qsofa: { value: 2, parts: { missing: 1 } } });
    ward.send([{ c: CODE.coma, t: T0 + 14 * HOUR, x: 3, q: 2 }]);
    expect(derived(ward)).toMatchObject({ qsofa: { refused: 'too-few-inputs' } });
    const none = new Ward();
    none.send([{ c: CODE.heart, t: T0, x: 72 }]);
    expect(derived(none)).not.toHaveProperty('qsofa');
  });
});

describe('the risk of deterioration', () => {
  const CATALOGUE = catalogueOf(PACKS, [VITAL_FORECAST]);

  function worsening(hours: number, catalogue = CATALOGUE): Ward {
    const ward = new Ward('p1', undefined, catalogue);
    for (let hour = 0; hour < hours; hour++) {
      const { heart, oxygen, breaths } = WELL;
      ward.send(chart(T0 + hour * HOUR, { heart: heart + 4 * hour, oxygen, breaths, systolic: 124 - 4 * hour }));
    }
    return ward;
  }

  it('is computed from what the forecasts remember when it is asked for, with what each vital sign adds', () => {
    const early = viewOf(CATALOGUE, worsening(2).state, T0 + HOUR).derived['deterioration-risk'];
    const late = viewOf(CATALOGUE, worsening(10).state, T0 + 9 * HOUR).derived['deterioration-risk'];
    expect(early).toMatchObject({ value: expect.any(Number), unit: '1' });
    expect(late).toMatchObject({
      value: expect.any(Number),
      effectiveAt: new Date(T0 + 9 * HOUR).toISOString(),
      parts: { horizonMinutes: 720, 'systolic-pressure': expect.any(Number), 'heart-rate': expect.any(Number) },
    });
    const value = (view: typeof early): number => (view as unknown as { readonly value: number }).value;
    expect(value(late)).toBeGreaterThan(3 * value(early));
  });

  it('is refused with few or old vital signs, and not shown where nothing is forecast', () => {
    const ward = new Ward('p1', undefined, CATALOGUE);
    ward.send(chart(T0, { heart: 80, oxygen: 97 }));
    const shown = (at: number, of = ward) => viewOf(CATALOGUE, of.state, at).derived['deterioration-risk'];
    expect(shown(T0)).toMatchObject({ refused: 'too-little-data' });
    expect(shown(T0 + 12 * HOUR, worsening(3))).toMatchObject({ refused: 'stale-data' });
    const without = worsening(3, DEFAULT_CATALOGUE);
    expect(viewOf(DEFAULT_CATALOGUE, without.state, T0 + 2 * HOUR).derived).not.toHaveProperty('deterioration-risk');
  });
});
