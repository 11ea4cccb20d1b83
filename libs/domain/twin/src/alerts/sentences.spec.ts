import { describe, expect, it } from '@jest/globals';
import type { AlertReason, Transition } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HOUR, MINUTE, OXYGEN, SECOND, T0 } from '#libs/testing/ward';
import { citedOf, episodeOf } from '../fixtures/draft.fixture.js';
import { defaultLimits } from '../limits/limits.js';
import { CLOCK_STEP } from '../ingest/sender-rules.js';
import { NO_DATA } from '../silence/no-data.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';
import { clearsSentence, clock, round, span, summaryOf, utc, whySentence } from './sentences.js';

const OXYGEN_LOW = DEFAULT_CATALOGUE.ruleById('oxygen-saturation-low')!;
const RATE_HIGH = DEFAULT_CATALOGUE.ruleById('heart-rate-high')!;

function oxygen(after: number, x: number, quality: 0 | 1 = 0, comparator?: '<' | '<=' | '>=' | '>'): Cited {
  return citedOf({ identity: `v${after}`, t: T0 + after, x, quality, code: OXYGEN, comparator });
}

function words(over: Partial<EpisodeState>, transition: Transition = 'raised', reason?: AlertReason): string {
  const episode = episodeOf({ cites: [oxygen(0, 88)], ...over });
  return summaryOf(OXYGEN_LOW, defaultLimits(OXYGEN_LOW), episode, transition, reason);
}

const WHAT = 'Oxygen saturation by pulse oximetry 88 % at 08:00:00 UTC, below the default limit of 90 %.';

describe('what happened to an alert', () => {
  const end = T0 + 5 * MINUTE;

  it.each<[Transition, AlertReason | undefined, string, Partial<EpisodeState>?]>([
    ['raised', 'reopened', 'Reopened: late or corrected data show it is still present.'],
    ['raised', 'persists', 'Persists after the alert that suppressed it.'],
    ['raised', 'snooze-ended', 'Snooze ended: the condition is still present.'],
    ['raised', 'snooze-ended', 'Snooze ended: not acknowledged.', { end }],
    ['raised', 'worse', 'Worsened: severity medium.'],
    ['raised', 'sources-changed', 'Another source has stopped sending.'],
    ['raised', 'monitoring-on', 'Monitoring resumed; the condition is present.'],
    ['escalated', 'unacknowledged', 'Escalated: not acknowledged.'],
    ['escalated', undefined, 'Severity rose to high.', { rank: 3, peak: 3 }],
    ['deescalated', undefined, 'Severity fell to medium.'],
    ['amended', 'severity-rose', 'Severity rose to medium.'],
    ['amended', 'severity-returned', 'Severity back to medium.'],
    ['amended', 'data-changed', 'Updated after late or corrected data.'],
    ['amended', 'joined', 'Another alert with the same cause is suppressed by this one.'],
    ['amended', 'latched', 'The condition has ended; the alert stays open until acknowledged.'],
    ['amended', undefined, 'Updated.'],
    ['amended', 'sources-changed', 'Updated.'],
    ['retracted', undefined, 'Retracted after late or corrected data. Original text:'],
    ['retrospective', undefined, 'Retrospective: ended at 08:05:00 UTC, before the data arrived.', { end }],
    ['retrospective', undefined, 'Retrospective: ended at 08:00:00 UTC, before the data arrived.'],
    ['resolved', undefined, 'Closed manually.', { closedByHand: { rank: 2, at: T0 } }],
    ['resolved', 'monitoring-off', 'Closed: monitoring was switched off.'],
    ['resolved', 'deceased', 'Closed: the patient is recorded as deceased.'],
    ['resolved', 'discharged', 'Closed: the patient was discharged.'],
    ['resolved', undefined, 'Resolved after 5 min.', { end }],
    ['resolved', 'data-changed', 'Resolved after 5 min.', { end }],
    ['resolved', undefined, 'Resolved after 0 s.'],
    [
      'resolved',
      undefined,
      'Resolved after 3 episodes in 20 min.',
      { end, recurring: { count: 3, since: T0, until: T0 + 20 * MINUTE } },
    ],
    ['resolved', undefined, 'Resolved after 5 min.', { end, recurring: { count: 3, since: T0 } }],
    ['acknowledged', undefined, 'Acknowledged.'],
    ['snoozed', undefined, 'Snoozed until 09:00:00 UTC.', { snoozedUntil: T0 + HOUR }],
    ['snoozed', undefined, 'Snoozed until 08:00:00 UTC.'],
  ])('%s (%s): %s', (transition, reason, head, over = {}) => {
    expect(words(over, transition, reason)).toBe(`${head} ${WHAT}`);
  });

  it('is not said where an alert only begins', () => {
    expect(words({})).toBe(WHAT);
  });

  it('says how often it came back, alone where that is what changed', () => {
    const recurring = { count: 4, since: T0 - HOUR };
    const often = 'Recurring: 4 episodes since 07:00:00 UTC.';
    expect(words({ recurring })).toBe(`${often} ${WHAT}`);
    expect(words({ recurring }, 'amended', 'recurring')).toBe(`${often} ${WHAT}`);
    expect(words({ recurring }, 'acknowledged')).toBe(`Acknowledged. ${often} ${WHAT}`);
  });
});

describe('what was measured', () => {
  it('is the value that met the condition, and the furthest one', () => {
    const cites = [oxygen(0, 88), oxygen(SECOND, 86.24), oxygen(2 * SECOND, 87)];
    expect(words({ cites })).toBe(`${WHAT} Lowest: 86.2 % at 08:00:01 UTC.`);
  });

  it('says for how long it had been so', () => {
    expect(words({ start: T0 + MINUTE, cites: [oxygen(0, 87.5), oxygen(MINUTE, 88)] })).toBe(
      'Oxygen saturation by pulse oximetry 88 % at 08:01:00 UTC, below the default limit of 90 % for 60 s. Lowest: 87.5 % at 08:00:00 UTC.',
    );
  });

  it('is the first value where none is of the beginning', () => {
    expect(words({ start: T0 + MINUTE })).toBe(
      'Oxygen saturation by pulse oximetry 88 % at 08:01:00 UTC, below the default limit of 90 % for 60 s.',
    );
  });

  it('begins with the furthest one where the first did not cross the limit in force', () => {
    const limit = { limit: 85, layer: 'patient', owner: 'dr-a' } as const;
    expect(words({ cites: [oxygen(0, 88), oxygen(MINUTE, 80)], limit })).toBe(
      "Oxygen saturation by pulse oximetry 80 % at 08:01:00 UTC, below the patient's limit of 85 %; first value 88 % at 08:00:00 UTC.",
    );
    const same = { limit: 88, layer: 'tenant', owner: 'x' } as const;
    expect(words({ limit: same })).toContain("below the tenant's limit of 88 %; first value 88 %");
  });

  it.each([
    ['<', 'less than 90'],
    ['<=', 'at most 90'],
    ['>=', 'at least 90'],
    ['>', 'more than 90'],
  ] as const)('a bound at the limit crosses it: %s', (comparator, shown) => {
    expect(words({ cites: [oxygen(0, 90, 0, comparator)] })).toBe(
      `Oxygen saturation by pulse oximetry ${shown} % at 08:00:00 UTC, below the default limit of 90 %.`,
    );
    expect(words({ cites: [oxygen(0, 91, 0, comparator)] })).toContain('first value');
  });

  it('says when all of it is doubtful', () => {
    const doubtful = ' All values are of doubtful quality.';
    expect(words({ cites: [oxygen(0, 88, 1), oxygen(SECOND, 88, 1)] })).toBe(WHAT + doubtful);
    expect(words({ cites: [oxygen(0, 88, 1), oxygen(SECOND, 88)] })).toBe(WHAT);
  });

  it('names the rule alone where nothing is cited', () => {
    expect(words({ cites: [] })).toBe('Oxygen saturation by pulse oximetry below its limit.');
  });

  it('the furthest of a high value is the highest', () => {
    const cites = [125, 140, 130].map((x, i) => citedOf({ identity: `v${i}`, t: T0 + i * SECOND, x }));
    expect(summaryOf(RATE_HIGH, defaultLimits(RATE_HIGH), episodeOf({ cites }), 'raised', undefined)).toBe(
      'Heart rate 125 /min at 08:00:00 UTC, above the default limit of 120 /min. Highest: 140 /min at 08:00:01 UTC.',
    );
  });
});

describe('other rules', () => {
  const about = ['a is late', 'b is late'];

  it('name the senders that they are about', () => {
    expect(summaryOf(CLOCK_STEP, {}, episodeOf({ about }), 'raised', undefined)).toBe(
      `${CLOCK_STEP.words}: a is late; b is late.`,
    );
    expect(summaryOf(CLOCK_STEP, {}, episodeOf(), 'raised', undefined)).toBe(`${CLOCK_STEP.words}: .`);
    expect(summaryOf(NO_DATA, {}, episodeOf({ about }), 'raised', undefined)).toBe('No data: a is late; b is late.');
    expect(summaryOf(NO_DATA, {}, episodeOf(), 'raised', undefined)).toBe('No data: .');
  });

  it('say what was found, or their title, and when all of it is doubtful', () => {
    const asystole = DEFAULT_CATALOGUE.ruleById('asystole')!;
    const say = (over: Partial<EpisodeState>) => summaryOf(asystole, {}, episodeOf(over), 'raised', undefined);
    expect(say({})).toBe(`${asystole.title} (since 08:00:00 UTC).`);
    expect(say({ cites: [] })).toBe(`${asystole.title} (since 08:00:00 UTC).`);
    expect(say({ cites: [oxygen(0, 1, 1), oxygen(1, 1, 1)] })).toContain('UTC). All values are of doubtful quality.');
    expect(say({ cites: [oxygen(0, 1, 1), oxygen(1, 1)] })).not.toContain('doubtful');
    const finding = { rank: 3, weight: 1, cites: [], words: 'No beat for 4 s', limit: 4, limitName: 'x' } as const;
    expect(say({ finding: { ...finding, unit: 's', comparison: 'above' } })).toBe(
      'No beat for 4 s (since 08:00:00 UTC).',
    );
  });

  it('say why they fired and what ends them', () => {
    expect(whySentence(NO_DATA, {}, episodeOf())).toMatch(
      /^A continuous source has sent no data for longer than its limit/,
    );
    expect(whySentence(CLOCK_STEP, {}, episodeOf())).toBe(CLOCK_STEP.why);
    const asystole = DEFAULT_CATALOGUE.ruleById('asystole')!;
    expect(whySentence(asystole, {}, episodeOf())).toBe(`${asystole.title}: ${asystole.persistence}.`);
    expect(clearsSentence(NO_DATA, {})).toBe(NO_DATA.clears);
    expect(clearsSentence(CLOCK_STEP, {})).toBe(`${CLOCK_STEP.clears}.`);
  });
});

describe('limit rules', () => {
  it('say why they fired, in the limits in force', () => {
    const limits = { ...defaultLimits(OXYGEN_LOW), limit: 91 };
    const why =
      'Oxygen saturation low is medium when oxygen saturation by pulse oximetry is below 91 %, high when oxygen saturation by pulse oximetry is below 85 %.';
    expect(whySentence(OXYGEN_LOW, limits, episodeOf({ rank: 2 }))).toBe(why);
    expect(whySentence(OXYGEN_LOW, limits, episodeOf({ rank: 1 }))).toBe(
      `${why} Doubtful values count one severity lower.`,
    );
    expect(whySentence(RATE_HIGH, defaultLimits(RATE_HIGH), episodeOf())).toBe(
      'Heart rate high is medium when heart rate is above 120 /min for 10 min (at least 3 values), high when heart rate is above 150 /min for 60 s (at least 3 values).',
    );
    const held = { ...limits, forSeconds: 30 };
    expect(whySentence(OXYGEN_LOW, held, episodeOf())).toContain('below 91 % for 30 s (at least 1 value),');
    const atOnce = { ...defaultLimits(RATE_HIGH), forSeconds: 0 };
    expect(whySentence(RATE_HIGH, atOnce, episodeOf())).toContain('above 120 /min for 0 s (at least 3 values),');
  });

  it('say what ends them', () => {
    expect(clearsSentence(OXYGEN_LOW, defaultLimits(OXYGEN_LOW))).toBe(
      'Oxygen saturation by pulse oximetry at or above 92 % for 30 s, confirmed by at least 2 good values.',
    );
    expect(clearsSentence(RATE_HIGH, defaultLimits(RATE_HIGH))).toMatch(/^Heart rate at or below 115 \/min for 2 min,/);
  });
});

describe('times and numbers', () => {
  it('times are of the day, with the date where it is another one', () => {
    expect(clock(T0, T0 + HOUR)).toBe('08:00:00 UTC');
    expect(clock(T0, T0 + 24 * HOUR)).toBe('2026-03-01 08:00:00 UTC');
  });

  it('a time that no calendar holds is the nearest one that it does', () => {
    expect([utc(9e15), utc(-9e15), utc(NaN)]).toEqual([
      '+275760-09-13T00:00:00.000Z',
      '-271821-04-20T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
    ]);
    expect(clock(9e15, T0)).toBe('+275760-09-13 00:00:00 UTC');
  });

  it.each([
    [-5, '0 s'],
    [1499, '1 s'],
    [119 * SECOND, '119 s'],
    [120 * SECOND, '2 min'],
    [119 * MINUTE, '119 min'],
    [2 * HOUR, '2 h'],
    [125 * MINUTE, '2 h 5 min'],
  ])('%s ms is %s', (ms, expected) => {
    expect(span(ms)).toBe(expected);
  });

  it('numbers have one decimal at most', () => {
    expect([88, 88.04, 88.05, -1.26].map(round)).toEqual(['88', '88', '88.1', '-1.3']);
  });
});
