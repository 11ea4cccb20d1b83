import { describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { viewOf } from '../index.js';

const RULE = 'oxygen-saturation-low';

/** SpO2 of 96 every 15 s with a dip of a minute at the start of every `every` minutes, each value a record of its own. */
function dips(ward: Ward, hours: number, every: number, lows: readonly number[], from = T0): void {
  for (let second = 0; second < hours * 3600; second += 15) {
    const [minute, n] = [(second / 60) % every, Math.floor(second / 60 / every)];
    const x = minute < 1 ? lows[n % lows.length]! : 96;
    ward.send([{ c: OXYGEN, t: from + second * SECOND, x }], from + second * SECOND + 500);
  }
}

function pages(ward: Ward): Alert[] {
  return ward
    .alerts()
    .filter(({ transition, rule }) => rule.id === RULE && (transition === 'raised' || transition === 'escalated'));
}

describe('short events that keep coming back', () => {
  it.each([89, 86, 84, 80])('page a bounded number of times, once as recurring with their count: dips to %i', (low) => {
    const ward = new Ward();
    dips(ward, 6, 4, [low]);
    expect(pages(ward).length).toBeGreaterThan(1);
    expect(pages(ward).length).toBeLessThan(8);
    const recurring = pages(ward).filter((alert) => alert.transition === 'raised' && alert.recurring !== undefined);
    expect(recurring).toHaveLength(1);
    expect(recurring[0]!.recurring!.since).toBe(pages(ward)[0]!.effectiveAt);
    expect(recurring[0]!.summary).toContain(`Recurring: ${recurring[0]!.recurring!.count} episodes since `);
    const counts = ward
      .alerts()
      .filter(({ episode }) => episode === recurring[0]!.episode)
      .map((alert) => alert.recurring!.count);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(90);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 6 * HOUR).alerts).toMatchObject([
      { rule: { id: RULE }, recurring: { count: 90 }, status: 'open' },
    ]);
  });

  it('name in every suppression an alert that paged', () => {
    const ward = new Ward();
    dips(ward, 4, 4, [89]);
    const suppressed = ward.outcomes.flatMap(({ suppressions }) => suppressions);
    const paged = new Set(pages(ward).map(({ episode }) => episode));
    expect(suppressed.length).toBeGreaterThan(50);
    for (const { by, reason } of suppressed) expect([reason, paged.has(by!)]).toEqual(['refractory', true]);
  });

  it.each([2, 3, 4, 5])('come back every %i minutes: bounded', (every) => {
    const ward = new Ward();
    dips(ward, 4, every, [88]);
    expect(pages(ward).length).toBeGreaterThan(1);
    expect(pages(ward).length).toBeLessThan(8);
  });

  it('of changing severity page when they are worse than any that paged', () => {
    const ward = new Ward();
    dips(ward, 3, 4, [89, 89, 89, 84, 89, 84]);
    const high = pages(ward).filter(({ severity, reason }) => severity === 'high' && reason !== 'unacknowledged');
    expect(high).toHaveLength(1);
    expect(high[0]).toMatchObject({ transition: 'raised', reason: 'worse', recurring: { count: 4 } });
    // The alert that stood for the milder ones gives way to it.
    const before = ward
      .alerts()
      .filter(({ recurring, episode }) => recurring !== undefined && episode !== high[0]!.episode);
    expect(before.at(-1)).toMatchObject({ status: 'resolved', recurring: { count: 4 } });
    expect(pages(ward).length).toBeLessThan(10);
  });

  it('of high priority page at once the first time they return', () => {
    const ward = new Ward();
    dips(ward, 5 / 60, 4, [80]);
    expect(pages(ward).at(-1)).toMatchObject({
      severity: 'high',
      transition: 'raised',
      reason: 'recurring',
      recurring: { count: 2 },
    });
  });

  it('stand as one alert that is resolved when none has come back within the refractory time', () => {
    const ward = new Ward();
    dips(ward, 1, 4, [89]);
    const standing = ward.alerts().at(-1)!;
    expect(standing.status).toBe('open');
    expect(standing).not.toHaveProperty('resolvedAt');
    const end = T0 + HOUR;
    const after = series(OXYGEN, end, 15 * SECOND, Array<number>(30).fill(96)).flatMap(
      (sample) => ward.send([sample]).transitions,
    );
    expect(after.map(({ alert }) => [alert.episode, alert.transition])).toEqual([[standing.episode, 'resolved']]);
    const [resolved] = after.map(({ alert }) => alert);
    expect(resolved!.summary).toMatch(/^Resolved after 15 episodes in 58 min\./);
    expect(Date.parse(resolved!.resolvedAt!)).toBeLessThan(end);
    // The next one is the first again.
    dips(ward, 0.1, 4, [89], end + HOUR);
    expect(
      ward
        .alerts()
        .filter(({ transition }) => transition === 'raised')
        .at(-1),
    ).not.toHaveProperty('recurring');
  });

  it('are silent once acknowledged, until they are worse', () => {
    const ward = new Ward();
    dips(ward, 0.25, 4, [89]);
    const standing = pages(ward).find(({ recurring }) => recurring !== undefined)!;
    ward.act({ type: 'acknowledge', episode: standing.episode }, T0 + 15 * MINUTE);
    const before = pages(ward).length;
    dips(ward, 2, 4, [89], T0 + 16 * MINUTE);
    expect(pages(ward)).toHaveLength(before);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).alerts).toMatchObject([
      { status: 'acknowledged', acknowledgedBy: 'dr-a' },
    ]);
    dips(ward, 2 / 60, 4, [82], T0 + 136 * MINUTE);
    expect(pages(ward).slice(before)).toMatchObject([{ reason: 'worse', severity: 'high', status: 'open' }]);
    expect(pages(ward).at(-1)).not.toHaveProperty('acknowledgedBy');
  });

  it.each(['snooze', 'resolve'] as const)('page again when a %s of them ends', (how) => {
    const ward = new Ward();
    dips(ward, 0.25, 4, [89]);
    const { episode } = pages(ward).find(({ recurring }) => recurring !== undefined)!;
    const does = how === 'snooze' ? { type: how, episode, until: T0 + 45 * MINUTE } : { type: how, episode };
    const { transitions } = ward.act(does, T0 + 15 * MINUTE);
    expect(transitions[0]!.alert).toMatchObject({ status: 'snoozed' });
    const before = pages(ward).length;
    dips(ward, 0.45, 4, [89], T0 + 16 * MINUTE);
    expect(pages(ward)).toHaveLength(before);
    dips(ward, 0.1, 4, [89], T0 + 44 * MINUTE);
    expect(pages(ward).slice(before)).toMatchObject([
      { episode, reason: 'snooze-ended', recurring: { count: expect.any(Number) } },
    ]);
  });

  it('page after all when one of them lasts', () => {
    const ward = new Ward();
    dips(ward, 0.25, 4, [89]);
    const before = pages(ward).length;
    const low = series(OXYGEN, T0 + 16 * MINUTE, 15 * SECOND, Array<number>(70).fill(89));
    for (const sample of low) ward.send([sample]);
    expect(pages(ward).slice(before)).toMatchObject([
      { reason: 'unacknowledged' },
      { reason: 'persists', recurring: { count: 5 } },
    ]);
  });

  it('count what began and ended within one record, which pages nobody', () => {
    const ward = new Ward();
    dips(ward, 0.25, 4, [89]);
    const outcome = ward.send(series(OXYGEN, T0 + 16 * MINUTE, 15 * SECOND, [89, 89, 89, 96, 96, 96, 96]));
    expect(allEmittedBy(outcome)).toEqual([
      `${RULE} amended medium open`,
      `${RULE} retrospective medium retrospective`,
    ]);
    expect(outcome.transitions[0]!.alert.recurring!.count).toBe(5);
  });

  it('of days are remembered, and the state stays small', () => {
    const ward = new Ward();
    dips(ward, 26, 4, [89]);
    expect(pages(ward).length).toBeLessThan(8);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).alerts).toMatchObject([{ recurring: { count: 390 } }]);
    expect(ward.state.rules[RULE]!.episodes.length).toBeLessThanOrEqual(65);
  });

  it('that are no worse than what paged, and come once, stay quiet', () => {
    const ward = new Ward();
    dips(ward, 5 / 60, 4, [89, 88]);
    expect(pages(ward)).toHaveLength(1);
  });

  it('are the same rule by rule: a fast heart', () => {
    const ward = new Ward();
    for (let minute = 0; minute < 240; minute++) {
      for (const half of [0, 30]) {
        const t = T0 + minute * MINUTE + half * SECOND;
        ward.send([{ c: HEART_RATE, t, x: minute % 6 < 3 ? 160 : 100 }], t + 500);
      }
    }
    const raised = ward.alerts().filter(({ transition }) => transition === 'raised');
    expect(raised.map(({ recurring }) => recurring?.count)).toEqual([undefined, 2]);
  });

  it.each([
    ['ten minutes', [305, 310, 295, 280, 270, 255, 245, 260, 275, 290]],
    ['one reading', [305, 290, 275, 260, 245, 260, 275, 290]],
    ['five minutes', [305, 310, 290, 275, 262, 248, 248, 265, 280, 292]],
  ])('do not persist because the rule waits long before it calls them over: peaks of glucose of %s', (_, peak) => {
    const ward = new Ward();
    const day = [240, 250, 262, 275, 290, ...Array.from({ length: 30 }, () => peak).flat()];
    series(GLUCOSE, T0, 5 * MINUTE, day).forEach((sample) => ward.send([sample]));
    const raised = ward
      .alerts()
      .filter(({ rule, transition }) => rule.id === 'glucose-very-high' && transition === 'raised');
    expect(raised.map(({ recurring }) => recurring !== undefined)).toEqual([false, true]);
    const counts = ward.alerts().flatMap(({ recurring }) => recurring?.count ?? []);
    expect(counts.at(-1)).toBe(30);
  });

  it('persist when they do: a peak of glucose that stays', () => {
    const ward = new Ward();
    const peak = [305, 310, 295, 280, 270, 255, 245, 260, 275, 290];
    const day = [240, 250, 262, 275, 290, ...peak, ...peak, ...peak, ...peak, 305, 310, 312, 315, 318, 320, 321];
    series(GLUCOSE, T0, 5 * MINUTE, day).forEach((sample) => ward.send([sample]));
    const raised = ward
      .alerts()
      .filter(({ rule, transition }) => rule.id === 'glucose-very-high' && transition === 'raised');
    expect(raised.at(-1)).toMatchObject({ reason: 'persists', recurring: { count: 5 } });
  });

  it('without a refractory time page twice for themselves, and from the third on as recurring', () => {
    const ward = new Ward();
    const values = [...Array<number>(6)].flatMap(() => [60, 80, 80, 80, 80]);
    for (const sample of series(GLUCOSE, T0, 5 * MINUTE, values)) ward.send([sample]);
    const raised = ward.alerts().filter(({ rule, transition }) => rule.id === 'glucose-low' && transition === 'raised');
    expect(raised.map(({ recurring }) => recurring?.count)).toEqual([undefined, undefined, 3]);
    const lows = ward.alerts().filter(({ rule }) => rule.id === 'glucose-low');
    expect(lows.at(-1)!.recurring).toMatchObject({ count: 6 });
  });
});
