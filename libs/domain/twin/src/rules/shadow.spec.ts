import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { ruleViews, viewOf } from '../index.js';

const MIN5 = 5 * MINUTE;
const EARLY = 'glucose-low-soon-early';
const FALLING = [150, 146, 141, 136, 130, 124, 117, 110, 102, 94, 86, 79, 73, 68, 64];
/** Turns before the live rule speaks. */
const TURNING = [...FALLING.slice(0, 10), 90, 92, 97, 103, 110, 118, 126, 134, 142];

describe('a rule in shadow', () => {
  it('names the live rule it runs beside', () => {
    expect(ruleViews(DEFAULT_CATALOGUE).find(({ id }) => id === EARLY)).toMatchObject({ shadowOf: 'glucose-low-soon' });
  });

  it('finds by its own limits and pages nobody, not even when it began and ended before it was known', () => {
    const [ward, backlog] = [new Ward(), new Ward()];
    for (const sample of series(GLUCOSE, T0, MIN5, TURNING)) ward.send([sample]);
    backlog.send(series(GLUCOSE, T0, MIN5, TURNING));
    for (const one of [ward, backlog]) {
      expect(one.outcomes.flatMap(allEmittedBy)).toEqual([]);
      expect(one.outcomes.flatMap(({ suppressions }) => suppressions)).toMatchObject([
        { rule: EARLY, ruleVersion: '0.1.0', reason: 'shadow', by: null },
      ]);
      expect(one.episodes()).toMatchObject([{ rule: EARLY, end: expect.any(Number) }]);
    }
    expect(ward.episodes()).toEqual(backlog.episodes());
  });

  it('changes nothing of what live rules emit, and is neither shown open, nor folded, nor emitted again', () => {
    const ward = new Ward();
    const lines = series(GLUCOSE, T0, MIN5, FALLING).flatMap((sample) => allEmittedBy(ward.send([sample])));
    expect(lines.filter((line) => line.includes('raised'))).toEqual([
      'glucose-low-soon raised medium open',
      'glucose-low raised medium open',
    ]);
    const [early] = ward.outcomes.flatMap(({ suppressions }) => suppressions);
    expect(early).toMatchObject({ rule: EARLY, reason: 'shadow' });
    expect(early!.effectiveAt).toBeLessThan(Date.parse(ward.alerts()[0]!.effectiveAt));
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + HOUR).alerts.map(({ rule }) => rule.id)).not.toContain(EARLY);
    expect(ward.alerts().flatMap(({ suppressed }) => suppressed ?? [])).not.toContainEqual(
      expect.objectContaining({ rule: EARLY }),
    );
    ward.tick(T0 + 3 * HOUR);
    expect(ward.outcomes.flatMap(allEmittedBy).filter((line) => line.startsWith(EARLY))).toEqual([]);
  });

  it('cannot be acted on', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, MIN5, FALLING.slice(0, 10)));
    const { episode } = ward.outcomes.flatMap(({ suppressions }) => suppressions)[0]!;
    for (const does of [{ type: 'acknowledge', episode } as const, { type: 'resolve', episode } as const]) {
      const outcome = ward.act(does, T0 + HOUR);
      expect(allEmittedBy(outcome)).toEqual([]);
      expect(outcome.counts.dropped).toEqual({ 'act-on-unknown-episode': 1 });
    }
  });

  it('takes limits of the patient', () => {
    const ward = new Ward();
    const limits = { probability: 0.9, clearProbability: 0.5 };
    ward.act({ type: 'set-thresholds', thresholds: [{ rule: EARLY, limits, reason: 'trial' }] }, T0 - HOUR);
    ward.send(series(GLUCOSE, T0, MIN5, TURNING));
    expect(ward.outcomes.flatMap(({ suppressions }) => suppressions)).toEqual([]);
  });
});
