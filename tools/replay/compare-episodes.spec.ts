import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { compareEpisodes, overlapsAny, type ComparedEpisode } from './compare-episodes.js';

const episode = fc
  .tuple(fc.integer({ min: 0, max: 1000 }), fc.option(fc.integer({ min: 0, max: 100 })))
  .map(([at, length]): ComparedEpisode => ({ at, until: length === null ? null : at + length }));
const episodes = fc.array(episode, { maxLength: 20 });

describe('compareEpisodes', () => {
  it('pairs what overlaps and says who was earlier', () => {
    const live = [
      { at: 100, until: 200 },
      { at: 500, until: 600 },
      { at: 900, until: null },
    ];
    const shadow = [
      { at: 40, until: 150 },
      { at: 700, until: 710 },
      { at: 950, until: null },
    ];
    expect(compareEpisodes(live, shadow)).toEqual({
      both: 2,
      onlyLive: 1,
      onlyShadow: 1,
      earlier: 1,
      later: 1,
      leadSeconds: [60, -50],
    });
  });

  it('pairs one to one', () => {
    const long = [{ at: 0, until: 100 }];
    const parts = [
      { at: 10, until: 20 },
      { at: 30, until: 40 },
    ];
    expect(compareEpisodes(long, parts)).toMatchObject({ both: 1, onlyLive: 0, onlyShadow: 1 });
  });

  it('counts every episode once, whatever the order', () => {
    fc.assert(
      fc.property(episodes, episodes, (live, shadow) => {
        const found = compareEpisodes(live, shadow);
        expect(found.both + found.onlyLive).toBe(live.length);
        expect(found.both + found.onlyShadow).toBe(shadow.length);
        expect(compareEpisodes([...live].reverse(), [...shadow].reverse())).toEqual(found);
      }),
      propertyRuns(100),
    );
  });

  it('finds no difference to itself', () => {
    const list = [
      { at: 1, until: 5 },
      { at: 7, until: null },
    ];
    expect(compareEpisodes(list, list)).toMatchObject({ both: 2, onlyLive: 0, onlyShadow: 0, earlier: 0, later: 0 });
  });
});

describe('overlapsAny', () => {
  it('takes touching as overlapping', () => {
    expect(overlapsAny({ at: 5, until: 6 }, [{ at: 6, until: 7 }])).toBe(true);
    expect(overlapsAny({ at: 5, until: 6 }, [{ at: 6.5, until: null }])).toBe(false);
  });
});
