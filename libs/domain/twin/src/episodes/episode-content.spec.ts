import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import type { Finding } from '../alerts/finding.js';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { Cited } from '../state/cited.js';
import type { EpisodeState } from '../state/episode-state.js';
import { differs, raisedBy, seen } from './episode-content.js';

const SATURATION = measureRule('oxygen-saturation-low');
const NEWS2 = measureRule('news2');

const value = (identity: string, over: Partial<Cited> = {}): Cited => citedOf({ identity, code: OXYGEN, ...over });

function found(over: Partial<FoundEpisode> = {}): FoundEpisode {
  const met = value('met');
  return { start: T0, end: null, rank: 2, peak: 2, first: met, met, worst: met, cleared: null, ...over };
}

const cited = (over: Partial<FoundEpisode>): readonly string[] =>
  seen(draftWith({}), SATURATION, found(over)).cites.map(({ identity }) => identity);

describe('what an episode cites', () => {
  it('is the first, the one that met the condition, the worst, and the one that ended it', () => {
    expect(cited({ first: value('first'), worst: value('worst'), cleared: value('cleared') })).toEqual([
      'first',
      'met',
      'worst',
      'cleared',
    ]);
    expect(cited({})).toEqual(['met']);
  });

  it('is what a finding rests on too, at most twelve of it', () => {
    const cites = Array.from({ length: 20 }, (_, n) => value(`input-${n}`));
    const finding = { cites: [value('met'), ...cites] } as unknown as Finding;
    const all = cited({ first: value('first'), finding });
    expect(all).toEqual(['first', 'met', ...cites.slice(0, 11).map(({ identity }) => identity)]);
  });
});

describe('the limit of an episode', () => {
  const limitOf = (over: Partial<FoundEpisode>, rule = SATURATION, thresholds = {}) => {
    const draft = draftWith({});
    draft.thresholds = thresholds;
    return seen(draft, rule, found(over)).limit;
  };

  it.each([
    { rank: 1, limit: 90 },
    { rank: 2, limit: 90 },
    { rank: 3, limit: 85 },
  ])('is the one that gives its severity: rank $rank', ({ rank, limit }) => {
    expect(limitOf({ rank })).toEqual({ limit, layer: 'default', owner: 'default' });
  });

  it('is that of the most severe tier where none is as severe', () => {
    const mild = measureRule('glucose-low');
    expect(limitOf({ rank: 3 }, mild)).toMatchObject({ limit: 70 });
  });

  it('names whose it is, at the time at which the episode began', () => {
    const own = { after: T0 - HOUR, limits: { limit: 88 }, author: 'dr-a', reason: 'COPD', expiresAt: T0 + HOUR };
    const thresholds = { [SATURATION.id]: [own] };
    expect(limitOf({}, SATURATION, thresholds)).toEqual({
      limit: 88,
      layer: 'patient',
      owner: 'dr-a',
      reason: 'COPD',
      expiresAt: T0 + HOUR,
    });
    const { expiresAt: _, ...lasting } = own;
    expect(Object.keys(limitOf({}, SATURATION, { [SATURATION.id]: [lasting] })!)).not.toContain('expiresAt');
    expect(limitOf({ start: T0 - 2 * HOUR }, SATURATION, thresholds)).toMatchObject({ limit: 90, layer: 'default' });
  });

  it('of a score is the one that its finding names, and none without a finding', () => {
    const finding = { cites: [], limitName: 'high', limit: 7 } as unknown as Finding;
    const episode = seen(draftWith({}), NEWS2, found({ finding }));
    expect(episode.limit).toEqual({ limit: 7, layer: 'default', owner: 'default' });
    expect(episode.finding).toBe(finding);
    const without = seen(draftWith({}), NEWS2, found());
    expect(without.limit).toBeNull();
    expect(without).not.toHaveProperty('finding');
  });
});

describe('an episode that was found again', () => {
  const first = value('first', { t: T0 - MINUTE, x: 88 });
  const met = value('met', { x: 84 });
  const emitted = episodeOf({ cites: [first, met, value('worst', { x: 80 })] });

  it.each<[boolean, string, Partial<EpisodeState>, Partial<EpisodeState>]>([
    [false, 'as it was emitted', {}, {}],
    [true, 'with another beginning', {}, { start: T0 + 1 }],
    [true, 'over', {}, { end: T0 + MINUTE }],
    [true, 'with another end', { end: T0 + MINUTE }, { end: T0 + 2 * MINUTE }],
    [true, 'with another peak when it is over', { end: T0 + MINUTE }, { end: T0 + MINUTE, peak: 3 }],
    [false, 'with another peak while it goes on', {}, { peak: 3 }],
    [true, 'raised by another value', {}, { cites: [first, { ...met, x: 83 }] }],
    [true, 'raised by a value of another quality', {}, { cites: [first, { ...met, quality: 1 }] }],
    [
      false,
      'raised by the same value of another device',
      {},
      { cites: [first, { ...met, identity: 'b', source: 'b' }] },
    ],
    [true, 'with another first value', {}, { cites: [{ ...first, x: 87 }, met] }],
    [true, 'with a first value of another time', {}, { cites: [{ ...first, t: T0 - 2 * MINUTE }, met] }],
    [false, 'with another worst value', {}, { cites: [first, met, value('worst', { x: 70 })] }],
    [false, 'where only the raising value was kept', { cites: [met] }, { cites: [first, met] }],
    [true, 'raised by nothing', {}, { cites: [first] }],
  ])('differs (%s): %s', (expected, _, before, after) => {
    const old = { ...emitted, ...before };
    expect(differs(old, { ...old, cites: emitted.cites, ...after })).toBe(expected);
  });

  it('was raised by the value of its beginning', () => {
    expect(raisedBy(emitted)).toBe(met);
    expect(raisedBy({ ...emitted, start: T0 + 1 })).toBeUndefined();
  });
});
