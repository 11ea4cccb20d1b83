import { describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HOUR, MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { adoptEpisodes, initialTwin, type Applied, type EmittedAlert } from '../index.js';
import { episodeId } from '../alerts/emit.js';
import { episodeOf } from '../fixtures/draft.fixture.js';
import type { EpisodeState } from '../state/episode-state.js';
import { NO_RULE_STATE } from '../time/fold.js';

const RULE = 'oxygen-saturation-low';
const HEARD = T0 + HOUR;
const iso = (t: number): string => new Date(t).toISOString();
const idOf = (n: number): string => episodeId({ tenant: 1, patient: 'p1' }, RULE, n);

/** What the store has of the newest transition of an episode. */
function row(n: number, alert: Partial<Alert> = {}, closed = false): EmittedAlert {
  const said = {
    sequence: 3,
    severity: 'high',
    status: 'open',
    transition: 'raised',
    effectiveAt: iso(T0),
    raisedAt: iso(T0 + MINUTE),
    evidence: [],
    ...alert,
  };
  return { id: idOf(n), rule: RULE, closed, sequence: said.sequence, alert: said as unknown as Alert };
}

/** The twin that knows these episodes, with what was emitted of them. */
function adopted(episodes: readonly EpisodeState[], rows: readonly EmittedAlert[]): Applied {
  const rules = episodes.length === 0 ? {} : { [RULE]: { ...NO_RULE_STATE, episodes, count: episodes.length } };
  const twin = { ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), heard: HEARD, rules };
  return adoptEpisodes(DEFAULT_CATALOGUE, twin, rows, []);
}
const first = ({ state }: Applied): EpisodeState | undefined => state.rules[RULE]!.episodes[0];

const ACTS = {
  acknowledgedBy: 'dr-a',
  onBehalfOf: 'Practitioner/1',
  note: 'seen',
  snoozedUntil: iso(T0 + 2 * HOUR),
  reason: 'unacknowledged',
} as const;

describe('an open alert that a twin made anew knows nothing of', () => {
  it('is open as its last alert said it', () => {
    expect(first(adopted([], [row(2)]))).toEqual({
      n: 2,
      start: T0,
      end: null,
      rank: 3,
      peak: 3,
      cites: [],
      limit: null,
      status: 'open',
      sequence: 3,
      last: 'raised',
      raisedAt: T0 + MINUTE,
      told: { rank: 3, rose: 3 },
    });
  });

  it('is as people left it', () => {
    const alert = { ...ACTS, status: 'snoozed', transition: 'snoozed', severity: 'medium' } as const;
    expect(first(adopted([], [row(0, alert)]))).toMatchObject({
      ...ACTS,
      snoozedUntil: T0 + 2 * HOUR,
      status: 'snoozed',
      last: 'snoozed',
      rank: 2,
      told: { rank: 2, rose: 3 },
    });
  });

  it('is latched where its condition was over', () => {
    expect(first(adopted([], [row(0, { resolvedAt: iso(T0 + 5 * MINUTE) })]))).toMatchObject({
      end: null,
      overAt: T0 + 5 * MINUTE,
    });
  });

  it('cites its evidence', () => {
    const value = { unit: '%', effectiveAt: iso(T0), source: 'gateway', ageSeconds: 0 };
    const evidence = [
      { ...value, id: 'a', code: 'oxygen-saturation', value: 80, quality: 'good' },
      { ...value, id: 'b.3', code: 'oxygen-saturation', value: 81, quality: 'doubtful', qualityReasons: ['spike'] },
      { ...value, id: 'c', code: 'of-later', value: 82, quality: 'bad' },
    ] as Alert['evidence'];
    const cited = { t: T0, source: 'gateway', code: OXYGEN };
    expect(first(adopted([], [row(0, { evidence })]))!.cites).toEqual([
      { ...cited, identity: 'a', version: 1, x: 80, quality: 0, reasons: [] },
      { ...cited, identity: 'b', version: 3, x: 81, quality: 1, reasons: ['spike'] },
      { ...cited, identity: 'c', version: 1, x: 82, quality: 2, reasons: [], code: 0 },
    ]);
  });

  it('stands among the others by its number', () => {
    const known = [episodeOf({ n: 0, status: 'resolved', end: T0 }), episodeOf({ n: 2, status: 'resolved', end: T0 })];
    const { state } = adopted(known, [row(1)]);
    expect(state.rules[RULE]).toMatchObject({ episodes: [{ n: 0 }, { n: 1 }, { n: 2 }], count: 2 });
  });

  it('is forgotten where it was closed', () => {
    expect(adopted([], [row(0, { status: 'resolved' }, true)]).state.rules[RULE]).toMatchObject({
      episodes: [],
      count: 1,
    });
  });
});

describe('an episode that a twin made anew found too', () => {
  const known = episodeOf({ sequence: 3 });

  it('was raised when its alert says so, and is otherwise as it was found', () => {
    const outcome = adopted([known], [row(0)]);
    expect(first(outcome)).toEqual({ ...known, raisedAt: T0 + MINUTE });
    expect(outcome.transitions).toEqual([]);
  });

  it.each<[string, Partial<EpisodeState>, Partial<Alert>]>([
    ['of a later sequence', { sequence: 1 }, {}],
    [
      'of another status',
      { acknowledgedBy: 'dr-b', onBehalfOf: 'b', note: 'b', snoozedUntil: 5 },
      { status: 'acknowledged' },
    ],
    ['of one that was suppressed here', { muted: { reason: 'refractory', by: null, until: null, rank: 2 } }, {}],
  ])('is as its alert says: one %s', (_, own, alert) => {
    const outcome = adopted([{ ...known, ...own }], [row(0, { ...ACTS, ...alert })]);
    const { snoozedUntil, ...acts } = ACTS;
    expect(first(outcome)).toEqual({
      ...known,
      ...acts,
      snoozedUntil: Date.parse(snoozedUntil),
      status: alert.status ?? 'open',
      raisedAt: T0 + MINUTE,
      told: { rank: 3, rose: 3 },
    });
    expect(outcome.transitions).toEqual([]);
    const without = first(adopted([{ ...known, ...own }], [row(0, alert)]))!;
    for (const name of ['acknowledgedBy', 'onBehalfOf', 'note', 'snoozedUntil', 'reason', 'muted'])
      expect(without).not.toHaveProperty(name);
  });

  it.each<[string, Partial<EpisodeState>, Partial<Alert>, number]>([
    ['where it found the end', { end: T0 + 7 * MINUTE }, { resolvedAt: iso(T0 + 9 * MINUTE) }, T0 + 7 * MINUTE],
    ['where its alert says', {}, { resolvedAt: iso(T0 + 9 * MINUTE) }, T0 + 9 * MINUTE],
    ['with the newest record where nobody knows', {}, {}, HEARD],
  ])('ended %s, if its alert is closed', (_, own, alert, end) => {
    const outcome = adopted([{ ...known, ...own }], [row(0, { ...alert, status: 'resolved' }, true)]);
    expect(first(outcome)).toMatchObject({ status: 'resolved', end });
    expect(outcome.transitions).toEqual([]);
  });

  it.each<[string, Partial<EpisodeState>, { transition: string; end: number }]>([
    ['resolved', { status: 'resolved', end: T0 + MINUTE }, { transition: 'resolved', end: T0 + MINUTE }],
    ['retrospective', { status: 'retrospective', end: T0 + MINUTE }, { transition: 'resolved', end: T0 + MINUTE }],
    ['retracted', { status: 'retracted' }, { transition: 'retracted', end: HEARD }],
    [
      'suppressed and over',
      { muted: { reason: 'refractory', by: null, until: null, rank: 2 }, end: T0 + MINUTE },
      { transition: 'resolved', end: T0 + MINUTE },
    ],
  ])('ends an open alert that it finds %s', (_, own, { transition, end }) => {
    const outcome = adopted([{ ...known, ...own }], [row(0, { ...ACTS, status: 'snoozed' })]);
    expect(outcome.transitions).toMatchObject([{ sequence: 4, closed: true, alert: { transition } }]);
    expect(first(outcome)).toMatchObject({ status: transition, end, sequence: 4 });
    expect(first(outcome)).not.toHaveProperty('snoozedUntil');
  });

  it('stays where it was never emitted only when it is suppressed or closed', () => {
    const muted = episodeOf({ n: 0, muted: { reason: 'refractory', by: null, until: null, rank: 2 } });
    const over = episodeOf({ n: 1, status: 'retrospective', end: T0 });
    expect(adopted([muted, over, episodeOf({ n: 2 })], []).state.rules[RULE]).toMatchObject({
      episodes: [muted, over],
      count: 3,
    });
  });
});
