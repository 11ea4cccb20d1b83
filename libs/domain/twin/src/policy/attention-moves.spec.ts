import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HEART_RATE, MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { attended, fallen, furtherThanSeen, risen } from './attention.js';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { Finding } from '../alerts/finding.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

const NEWS2 = measureRule('news2');
const HEART_HIGH = measureRule('heart-rate-high');

function weighing(weight: number): Pick<EpisodeState, 'finding'> {
  return { finding: { weight } as Finding };
}

describe('what a person had seen', () => {
  const seenOf = (rule: string, over: Partial<EpisodeState> = {}, asOf: number | null = T0 - MINUTE, far?: Cited) => {
    const draft = draftWith({});
    draft.asOf = asOf;
    draft.measures[HEART_RATE] = { t: T0, latest: far ?? null, sent: 0, receivedAt: T0 };
    return attended(draft, DEFAULT_CATALOGUE.ruleById(rule)!, episodeOf(over)).seen;
  };

  it('is the severity and the newest effective time, or the time of the act where there is no value', () => {
    expect(seenOf('no-data')).toStrictEqual({ rank: 2, asOf: T0 - MINUTE });
    expect(seenOf('no-data', {}, null)).toStrictEqual({ rank: 2, asOf: T0 });
  });

  it('is how far it was: the newest value of a limit rule, the weight of a finding, else nothing', () => {
    const value = citedOf({ x: 130 });
    expect(seenOf(HEART_HIGH.id, {}, T0, value)).toStrictEqual({ rank: 2, asOf: T0, far: 130 });
    expect(seenOf(HEART_HIGH.id, {}, T0)).toStrictEqual({ rank: 2, asOf: T0 });
    expect(seenOf('oxygen-saturation-low', {}, T0)).toStrictEqual({ rank: 2, asOf: T0 });
    expect(seenOf(NEWS2.id, weighing(6), T0)).toStrictEqual({ rank: 2, asOf: T0, far: 6 });
    expect(seenOf(NEWS2.id, {}, T0)).toStrictEqual({ rank: 2, asOf: T0 });
    expect(seenOf('no-data', weighing(6), T0)).toStrictEqual({ rank: 2, asOf: T0 });
  });
});

describe('a score that a person has seen', () => {
  const seen = { rank: 2, asOf: T0, far: 5 };
  const pages = (over: Partial<EpisodeState>, rule = NEWS2) =>
    furtherThanSeen(draftWith({}), rule, episodeOf({ status: 'acknowledged', seen, ...over }), []).pages;

  it('pages again when it is three points higher, not two', () => {
    expect([7, 8].map((weight) => pages(weighing(weight)))).toEqual([false, true]);
    expect(pages({})).toBe(false);
  });

  it('does not when nobody has seen it, or not how far it was, or its rule knows no step', () => {
    expect(pages({ ...weighing(9), status: 'open' })).toBe(false);
    expect(pages({ ...weighing(9), seen: { rank: 2, asOf: T0 } })).toBe(false);
    const { seen: _, ...unseen } = episodeOf({ ...weighing(9), status: 'acknowledged', seen });
    expect(furtherThanSeen(draftWith({}), NEWS2, unseen, []).pages).toBe(false);
    expect(pages(weighing(9), measureRule('deterioration-trend'))).toBe(false);
  });
});

describe('a heart rate that a person has seen', () => {
  /** 20/min further than 130, three values over a minute. */
  const further = (seconds: readonly number[], values: readonly number[] = [150, 150, 150]) => {
    const fresh = seconds.map((second, i) =>
      citedOf({ identity: `${second}`, t: T0 + second * SECOND, x: values[i]! }),
    );
    const episode = episodeOf({ status: 'acknowledged', seen: { rank: 2, asOf: T0, far: 130 } });
    return { before: episode, ...furtherThanSeen(draftWith({}), HEART_HIGH, episode, fresh) };
  };

  it('pages again when it has been clearly higher for a minute, counted from the values after', () => {
    expect(further([1, 31, 61]).pages).toBe(true);
    expect(further([1, 31, 60]).pages).toBe(false);
    expect(further([0, 30, 60]).pages).toBe(false);
    expect(further([1, 31, 61], [149, 149, 149]).pages).toBe(false);
  });

  it('remembers the run of such values, and forgets it with one that is not', () => {
    expect(further([1, 31]).episode.seen).toStrictEqual({
      rank: 2,
      asOf: T0,
      far: 130,
      run: { from: T0 + SECOND, n: 2 },
    });
    const none = further([1], [140]);
    expect(none.episode).toBe(none.before);
    const running = episodeOf({ status: 'acknowledged', seen: { ...further([1]).episode.seen! } });
    const back = citedOf({ t: T0 + 31 * SECOND, x: 140 });
    expect(furtherThanSeen(draftWith({}), HEART_HIGH, running, [back]).episode.seen).toStrictEqual({
      rank: 2,
      asOf: T0,
      far: 130,
    });
  });
});

describe('a severity that falls and rises', () => {
  const fell = { from: 3, at: T0, paged: 1 };
  const rise = (over: Partial<EpisodeState>, after = MINUTE) =>
    risen(episodeOf({ rank: 3, fell, ...over }), T0 + after);

  it('remembers the highest that it fell from within a quarter of an hour', () => {
    const again = (at: number) => fallen(episodeOf({ rank: 1, fell }), 2, at).fell;
    expect(again(T0 + 15 * MINUTE - 1)).toEqual({ from: 3, at: T0 + 15 * MINUTE - 1, paged: 1 });
    expect(again(T0 + 15 * MINUTE)).toEqual({ from: 2, at: T0 + 15 * MINUTE, paged: 0 });
  });

  it('keeps which severity was escalated, and names none where none was', () => {
    expect(fallen(episodeOf({ escalatedAt: T0 }), 3, T0)).toMatchObject({ escalatedRank: 3 });
    expect(fallen(episodeOf({ escalatedAt: T0, escalatedRank: 2 }), 3, T0)).toMatchObject({ escalatedRank: 2 });
    expect(fallen(episodeOf(), 3, T0)).not.toHaveProperty('escalatedRank');
  });

  it('pages once more when it comes back, and then no longer, while it is open or was seen as high', () => {
    expect(rise({ fell: { ...fell, paged: 0 } })).toMatchObject({ pages: true, episode: { fell: { paged: 1 } } });
    expect(rise({}).pages).toBe(false);
    expect(rise({ status: 'acknowledged', seen: { rank: 3, asOf: T0 } }).pages).toBe(false);
  });

  it('pages when it was seen lower, is higher than it fell from, or comes back after a quarter of an hour', () => {
    expect(rise({ status: 'acknowledged', seen: { rank: 2, asOf: T0 } }).pages).toBe(true);
    expect(rise({ status: 'acknowledged' }).pages).toBe(true);
    expect(rise({ fell: { ...fell, from: 2 } }).pages).toBe(true);
    expect(rise({}, 15 * MINUTE).pages).toBe(true);
  });
});
