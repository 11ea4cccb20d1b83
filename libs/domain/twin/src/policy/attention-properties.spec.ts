import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, T0, Ward } from '#libs/testing/ward';

/** One step of a random course: a value of a measure, an act on one of the open alerts, or mere time. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('value' as const),
      c: fc.constantFrom(HEART_RATE, OXYGEN, GLUCOSE),
      level: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('acknowledge' as const, 'snooze' as const, 'resolve' as const),
      which: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
);
const LEVELS: Readonly<Record<number, readonly number[]>> = {
  [HEART_RATE]: [35, 70, 125, 125, 155, 180],
  [OXYGEN]: [78, 84, 88, 89, 91, 97],
  [GLUCOSE]: [40, 52, 62, 90, 255, 320],
};
const RANK = { low: 1, medium: 2, high: 3 } as const;
const SAID = /^(?:Severity (?:rose|fell) to (\w+)\.|Severity back to (\w+)\.|Worsened: severity (\w+)\.)/;

describe('whatever happens', () => {
  it('severity and sentence agree, and what gets worse than was acknowledged is open and escalates', () => {
    const seen = { words: 0, kept: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 90 }), (steps) => {
        const ward = new Ward();
        let now = T0;
        const acknowledged = new Map<string, number>();
        const check = (alerts: readonly Alert[]): void => {
          for (const alert of alerts) {
            const word = SAID.exec(alert.summary)
              ?.slice(1)
              .find((one) => one !== undefined);
            if (word !== undefined) {
              seen.words++;
              expect(word).toBe(alert.severity);
            }
            const rank = RANK[alert.severity];
            if (alert.transition === 'acknowledged' || alert.transition === 'snoozed') {
              if (alert.status !== 'resolved') acknowledged.set(alert.episode, rank);
            } else if (alert.status === 'open') {
              expect(alert).not.toHaveProperty('acknowledgedBy');
              expect(alert).not.toHaveProperty('snoozedUntil');
              acknowledged.delete(alert.episode);
            } else if (alert.status === 'acknowledged' || alert.status === 'snoozed') {
              // Beyond what was acknowledged nothing stays acknowledged.
              seen.kept++;
              expect(rank).toBeLessThanOrEqual(acknowledged.get(alert.episode)!);
            }
          }
        };
        const open = (): Alert[] =>
          [...new Map(ward.alerts().map((alert) => [alert.episode, alert])).values()].filter(
            ({ status }) => !['resolved', 'retrospective', 'retracted'].includes(status),
          );
        for (const one of steps) {
          now += 30 * SECOND;
          if (one.kind === 'wait') {
            now += one.minutes * MINUTE;
            check(ward.tick(now).transitions.map(({ alert }) => alert));
          } else if (one.kind === 'value') {
            for (let i = 0; i < 3; i++) {
              now += 30 * SECOND;
              const { transitions } = ward.send([{ c: one.c, t: now, x: LEVELS[one.c]![one.level]! }], now);
              check(transitions.map(({ alert }) => alert));
            }
          } else {
            const alert = open()[one.which];
            if (alert === undefined) continue;
            const does =
              one.kind === 'snooze'
                ? { type: one.kind, episode: alert.episode, until: now + 50 * MINUTE }
                : { type: one.kind, episode: alert.episode };
            check(ward.act(does as Parameters<Ward['act']>[0], now).transitions.map((change) => change.alert));
          }
        }
        ward.tick(now + 13 * HOUR);
        ward.tick(now + 26 * HOUR);
        for (const alert of open()) {
          const { policy } = DEFAULT_CATALOGUE.ruleById(alert.rule.id)!;
          if (policy.escalateAfterSeconds === null || alert.status !== 'open') continue;
          // A more severe one of the same cause asks for attention in its place.
          const isLed = open().some(
            (other) =>
              DEFAULT_CATALOGUE.ruleById(other.rule.id)!.policy.group === policy.group &&
              RANK[other.severity] > RANK[alert.severity],
          );
          if (policy.group !== null && isLed) continue;
          expect(ward.alerts()).toContainEqual(
            expect.objectContaining({ episode: alert.episode, reason: 'unacknowledged' }),
          );
        }
      }),
      propertyRuns(150),
    );
    expect(seen.words).toBeGreaterThan(metInRuns(50));
    expect(seen.kept).toBeGreaterThanOrEqual(metInRuns(1));
  });
});
