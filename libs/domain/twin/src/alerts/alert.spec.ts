import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { citedOf, episodeOf } from '../fixtures/draft.fixture.js';
import { defaultLimits } from '../limits/limits.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';
import { alertOf } from './alert.js';
import { unreadableTwin } from './unreadable-twin.js';

const iso = (ms: number) => new Date(ms).toISOString();

function alert(
  over: Partial<EpisodeState> = {},
  rule = 'glucose-low',
  feedback?: { useful: number; notUseful: number },
) {
  const known = DEFAULT_CATALOGUE.ruleById(rule)!;
  return alertOf({
    id: 'e1',
    patient: 'p1',
    rule: known,
    limits: defaultLimits(known),
    episode: episodeOf(over),
    transition: 'raised',
    reason: undefined,
    feedback,
    person: { born: null, pregnancies: [], deceased: false },
  });
}

describe('an alert', () => {
  it('has only what there is', () => {
    const names = [
      'reason',
      'suppressed',
      'recurring',
      'acknowledgedBy',
      'onBehalfOf',
      'snoozedUntil',
      'note',
      'resolvedAt',
    ];
    for (const name of names) expect(Object.keys(alert())).not.toContain(name);
    expect(Object.keys(alert().evidence[0]!)).not.toContain('comparator');
    expect(Object.keys(alert().evidence[0]!)).not.toContain('qualityReasons');
  });

  it('says until when it is snoozed, and what was noted', () => {
    expect(alert({ snoozedUntil: T0 + MINUTE, note: 'seen' })).toMatchObject({
      snoozedUntil: iso(T0 + MINUTE),
      note: 'seen',
    });
  });

  it('ends when its episode did, with the last of those that come back, or when a person closed it', () => {
    const status = 'resolved';
    expect(alert({ end: T0 + 1, status }).resolvedAt).toBe(iso(T0 + 1));
    expect(alert({ end: T0 + 1, recurring: { count: 2, since: T0 } }).resolvedAt).toBeUndefined();
    const recurring = { count: 2, since: T0, until: T0 + 2 };
    expect(alert({ end: T0 + 1, status, recurring }).resolvedAt).toBe(iso(T0 + 2));
    expect(alert({ status, closedByHand: { rank: 2, at: T0 + 3 } }).resolvedAt).toBe(iso(T0 + 3));
  });

  it('shows how many of its kind were useful', () => {
    expect(alert().explanation.precision).toEqual({ useful: 0, notUseful: 0, share: null });
    expect(alert({}, 'glucose-low', { useful: 3, notUseful: 1 }).explanation.precision.share).toBe(0.75);
  });

  it('says that adult limits were used, where a rule has others by age', () => {
    expect(alert().explanation.why).not.toContain('Age unknown');
    expect(alert({}, 'heart-rate-low').explanation.why).toContain(' Age unknown: adult limits were used.');
  });

  it('shows whose limit it is, why, and until when', () => {
    const limit = { limit: 80, layer: 'patient', owner: 'dr-a' } as const;
    expect(alert().threshold).toBeNull();
    const shown = { ...limit, unit: 'mg/dL', comparison: 'below' };
    expect(alert({ limit }).threshold).toStrictEqual(shown);
    const more = { ...limit, reason: 'agreed', expiresAt: T0 };
    expect(alert({ limit: more }).threshold).toStrictEqual({ ...shown, reason: 'agreed', expiresAt: iso(T0) });
    expect(alert({ limit }, 'news2').threshold).toMatchObject({ unit: '1', comparison: 'at-or-above' });
  });

  it('shows what it rests on: as it was sent, its quality, how old it was', () => {
    const cites: Cited[] = [
      citedOf({
        identity: 'a',
        t: T0 - 90 * SECOND,
        quality: 1,
        code: 9,
        reasons: ['unit-doubtful'],
        comparator: '<',
        ahead: 5000,
      }),
      citedOf({ identity: 'b', version: 3, t: T0 + MINUTE, code: 999, reasons: [] }),
    ];
    expect(alert({ cites }).evidence).toMatchObject([
      {
        id: 'a',
        code: 'glucose',
        unit: 'mg/dL',
        effectiveAt: iso(T0 - 85 * SECOND),
        quality: 'doubtful',
        qualityReasons: ['unit-doubtful'],
        comparator: '<',
        ageSeconds: 90,
      },
      { id: 'b.3', code: '999', unit: '1', quality: 'good', ageSeconds: 0 },
    ]);
    expect(Object.keys(alert({ cites }).evidence[1]!)).not.toContain('qualityReasons');
  });
});

describe('a twin that cannot be read', () => {
  const twin = { tenant: 1, patient: 'p1', reason: 'not-json', since: T0 } as const;

  it('is amended when that begins, and when it is over', () => {
    const began = unreadableTwin(twin, 0).alert;
    expect(began).toMatchObject({
      patient: 'p1',
      status: 'open',
      transition: 'raised',
      severity: 'medium',
      sequence: 1,
    });
    expect(began.summary).toContain('it is truncated or damaged.');
    expect([began.effectiveAt, began.raisedAt, began.resolvedAt, began.evidence]).toEqual([
      iso(T0),
      iso(T0),
      undefined,
      [],
    ]);
    const over = unreadableTwin(twin, 1, T0 + MINUTE).alert;
    expect(over).toMatchObject({
      status: 'resolved',
      transition: 'resolved',
      sequence: 2,
      resolvedAt: iso(T0 + MINUTE),
    });
    expect(over.episode).toBe(began.episode);
  });

  it('is stored as of its beginning, and then as of its end', () => {
    expect(unreadableTwin(twin, 0)).toMatchObject({ at: T0, effectiveAt: T0, closed: false });
    expect(unreadableTwin(twin, 1, T0 + MINUTE)).toMatchObject({ at: T0 + MINUTE, effectiveAt: T0, closed: true });
  });
});
