import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { citedOf, episodeOf } from '../fixtures/draft.fixture.js';
import type { Finding } from '../alerts/finding.js';
import type { EpisodeState } from '../state/episode-state.js';
import { gridTimes } from '../time/grid.js';
import { bound } from './episode-memory.js';

const NEWEST = T0 + 1000 * HOUR;
/** What late data can still reach. */
const [REACH] = gridTimes(NEWEST);

/** An episode of ten minutes that is over; it cites the value that raised it and the one that ended it. */
function over(n: number, start: number, more: Partial<EpisodeState> = {}): EpisodeState {
  const end = start + 10 * MINUTE;
  const cites = [citedOf({ identity: `raised-${n}`, t: start }), citedOf({ identity: `ended-${n}`, t: end })];
  return episodeOf({ n, start, end, status: 'resolved', cites, ...more });
}

const numbers = (episodes: readonly EpisodeState[], floor: number | null = null): readonly number[] =>
  bound(episodes, floor, NEWEST).episodes.map(({ n }) => n);

/** Long over; at `i` hours before what late data can reach. */
const old = (n: number, more: Partial<EpisodeState> = {}): EpisodeState => over(n, REACH! - (20 - n) * HOUR, more);
const fresh = (n: number): EpisodeState => over(n, NEWEST - HOUR + n * MINUTE);

describe('the episodes that a rule remembers', () => {
  it('are the last four and all that late data can reach, by their beginning', () => {
    expect(numbers([5, 3, 1, 2, 4, 0].map((n) => old(n)))).toEqual([2, 3, 4, 5]);
    const reached = [over(1, REACH! - 10 * MINUTE - 1), over(2, REACH! - 10 * MINUTE), ...[3, 4, 5, 6].map(fresh)];
    expect(numbers(reached)).toEqual([2, 3, 4, 5, 6]);
  });

  it('are those that are not over and those that are not closed, however old', () => {
    const others = [2, 3, 4, 5].map((n) => old(n));
    expect(numbers([old(0, { end: null, status: 'open' }), ...others])).toEqual([0, 2, 3, 4, 5]);
    expect(numbers([old(0, { status: 'acknowledged' }), ...others])).toEqual([0, 2, 3, 4, 5]);
    expect(numbers([old(0), ...others])).toEqual([2, 3, 4, 5]);
  });

  it('are at most 64 that are closed; what was forgotten is not judged again', () => {
    const many = Array.from({ length: 66 }, (_, n) => over(n, NEWEST - (70 - n) * 15 * MINUTE));
    expect(bound(many.slice(0, 64), 5, NEWEST)).toMatchObject({ floor: 5, episodes: { length: 64 } });
    const { floor, episodes } = bound(many, 5, NEWEST);
    expect(episodes.map(({ n }) => n)).toEqual(many.slice(2).map(({ n }) => n));
    expect(floor).toBe(many[1]!.end! + 1);
    const [first, ...rest] = many;
    const held = bound([{ ...first!, status: 'acknowledged' }, ...rest], null, NEWEST);
    expect(held.episodes.map(({ n }) => n)).toEqual([0, ...rest.slice(1).map(({ n }) => n)]);
    expect(held.floor).toBe(many[1]!.end! + 1);
    const open = many.map((one): EpisodeState => ({ ...one, status: 'open' }));
    expect(bound(open, null, NEWEST)).toMatchObject({ floor: null, episodes: { length: 66 } });
  });

  it('keep of the older ones only the value that raised them', () => {
    const { episodes } = bound([1, 2, 3, 4, 5, 6].map(fresh), null, NEWEST);
    expect(episodes.map(({ cites }) => cites.map(({ identity }) => identity))).toEqual([
      ['raised-1'],
      ['raised-2'],
      ...[3, 4, 5, 6].map((n) => [`raised-${n}`, `ended-${n}`]),
    ]);
  });

  it.each<[string, Partial<EpisodeState>, Partial<EpisodeState>]>([
    [
      'the first where none is of its beginning, because a detector named the onset',
      { start: NEWEST - 61 * MINUTE },
      { cites: [fresh(0).cites[0]!] },
    ],
    [
      'without what was found',
      { finding: { rank: 2 } as Finding, cites: [fresh(0).cites[0]!] },
      { cites: [fresh(0).cites[0]!] },
    ],
    ['all of them while it is not over', { end: null, status: 'open' }, {}],
    ['none where it had none', { cites: [] }, {}],
  ])('keep %s', (_, own, kept) => {
    const oldest = { ...fresh(0), ...own };
    const { episodes } = bound([oldest, ...[1, 2, 3, 4].map(fresh)], null, NEWEST);
    const { finding: _finding, ...lighter } = oldest;
    expect(episodes[0]).toEqual({ ...lighter, ...kept });
  });
});
