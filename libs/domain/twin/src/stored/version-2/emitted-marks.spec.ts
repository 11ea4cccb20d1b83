import { describe, expect, it } from '@jest/globals';
import type { StoredCited } from '../../state/cited.js';
import type { EpisodeState } from '../../state/episode-state.js';
import { episodeOf } from '../../fixtures/draft.fixture.js';
import { initialTwin } from '../../state/initial-twin.js';
import { NOTHING_KEPT } from '../../time/fold.js';
import { catalogueOf } from '../../rules/catalogue.js';
import type { Citing } from '../cited-parts.js';
import { withEmittedMarks } from './emitted-marks.js';

type Stored = Citing<StoredCited, EpisodeState>;

/** An episode as version 2 stored it. */
const stored = (over: Partial<EpisodeState>): Stored => episodeOf({ ...over, cites: [] }) as unknown as Stored;

function marked(episode: Stored): Stored {
  const twin = initialTwin(catalogueOf([]), 1, 'p1');
  const rules = { rule: { ...NOTHING_KEPT, floor: null, count: 7, episodes: [episode] } };
  const after = withEmittedMarks({ ...twin, v: 2, measures: {}, detectors: {}, rules }).rules['rule']!;
  expect(after.count).toBe(7);
  return after.episodes[0]!;
}

describe('an episode of version 2', () => {
  it('was emitted with the severity that it has, and its sequence', () => {
    const open = stored({ rank: 2, sequence: 5 });
    expect(marked(open)).toEqual({ ...open, told: { rank: 2, rose: 5 } });
    const escalated = stored({ rank: 2, sequence: 5, escalatedAt: 1 });
    expect(marked(escalated)).toEqual({ ...escalated, told: { rank: 3, rose: 5 } });
  });

  it('was paged with that severity where it was paged', () => {
    const paged = stored({ rank: 2, sequence: 5, pagedAt: 1 });
    expect(marked(paged)).toEqual({ ...paged, told: { rank: 2, rose: 5 }, paged: 2 });
  });

  it('keeps what it says itself', () => {
    const said = stored({ rank: 2, pagedAt: 1, told: { rank: 1, rose: 3 }, paged: 1 });
    expect(marked(said)).toEqual(said);
  });

  it.each<[string, Partial<EpisodeState>]>([
    ['over', { status: 'resolved', end: 1 }],
    ['suppressed', { muted: { reason: 'refractory', by: null, until: null, rank: 2 } }],
  ])('stays as it is when it is %s', (_, over) => {
    const episode = stored({ ...over, pagedAt: 1 });
    expect(marked(episode)).toEqual(episode);
  });
});
