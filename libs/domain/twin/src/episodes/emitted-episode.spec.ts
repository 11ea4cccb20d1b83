import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { Look } from './look.js';
import type { MeasureRule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { continueEmitted } from './emitted-episode.js';

const NOW = T0 + 60 * MINUTE;
const OXYGEN_LOW = measureRule('oxygen-saturation-low');
const ASYSTOLE = measureRule('asystole');
const REFOLDED = { since: T0 - 10 * MINUTE };
const earlier = { start: T0 - MINUTE };

function goOn(
  old: EpisodeState,
  change: Partial<EpisodeState>,
  look: Partial<Look> = {},
  { rule = OXYGEN_LOW, others = {} }: { rule?: MeasureRule; others?: Record<string, EpisodeState[]> } = {},
) {
  const draft = draftWith({ ...others, [rule.id]: [old] }, NOW);
  const next = { ...old, ...change };
  const episode = continueEmitted(draft, rule, old, next, {
    since: null,
    newest: NOW,
    fresh: [],
    held: false,
    ...look,
  });
  const lines = draft.transitions.map(({ alert }) => `${alert.transition} ${alert.reason ?? ''}`.trim());
  return { episode, next, lines };
}

describe('an open alert', () => {
  it('is amended when late data moved it, and not by what only goes on', () => {
    expect(goOn(episodeOf(), earlier, REFOLDED).lines).toEqual(['amended data-changed']);
    expect(goOn(episodeOf(), earlier).lines).toEqual([]);
    expect(goOn(episodeOf(), {}, REFOLDED).lines).toEqual([]);
  });

  it('keeps its severity while its sender catches up, and remembers since when another one waits', () => {
    const rising = goOn(episodeOf(), { rank: 3 }, { held: true });
    expect([rising.lines, rising.episode]).toMatchObject([[], { rank: 2, heldSince: NOW }]);
    const same = goOn(episodeOf(), {}, { held: true });
    expect(same.lines).toEqual([]);
    expect(same.episode).not.toHaveProperty('heldSince');
    expect(goOn(episodeOf(), earlier, { ...REFOLDED, held: true }).lines).toEqual(['amended data-changed']);
  });

  it('escalates when it gets worse, unless a more severe one of the same cause has paged that', () => {
    const rise = (rule: MeasureRule, others: Record<string, EpisodeState[]>) =>
      goOn(episodeOf({ rank: 1 }), { rank: 2 }, {}, { rule, others }).lines;
    const trend = measureRule('deterioration-trend');
    expect(rise(trend, {})).toEqual(['escalated']);
    expect(rise(trend, { news2: [episodeOf({ rank: 3 })] })).toEqual(['amended severity-rose']);
  });

  it('falls when it gets milder, and not while it stands for episodes that come back', () => {
    expect(goOn(episodeOf({ rank: 3 }), { rank: 2 }).lines).toEqual(['deescalated']);
    const recurring = { count: 2, since: T0 };
    const { lines, episode } = goOn(episodeOf({ rank: 3, recurring }), { rank: 2 });
    expect([lines, episode.rank]).toEqual([[], 3]);
  });

  it('stays open between two episodes that come back, and is amended when late data moved the one before', () => {
    const recurring = { count: 2, since: T0 };
    const over = { end: T0 + MINUTE, rank: 1 };
    const { lines, episode } = goOn(episodeOf({ recurring }), over);
    expect([lines, episode]).toMatchObject([[], { status: 'open', rank: 2 }]);
    expect(goOn(episodeOf({ recurring }), over, REFOLDED).lines).toEqual(['amended data-changed']);
  });
});

describe('a latching alert whose condition ends', () => {
  const latched = { rule: ASYSTOLE };
  const over = { end: T0 + MINUTE };

  it('stays open until somebody has seen it, and is resolved when somebody has', () => {
    expect(goOn(episodeOf(), over, {}, latched).lines).toEqual(['amended latched']);
    expect(goOn(episodeOf({ status: 'acknowledged' }), over, {}, latched).lines).toEqual(['resolved']);
  });

  it('is emitted once, and amended when late data moved its beginning', () => {
    const known = episodeOf({ ...over, overAt: over.end });
    expect(goOn(known, {}, REFOLDED, latched).lines).toEqual([]);
    expect(goOn(known, earlier, REFOLDED, latched).lines).toEqual(['amended data-changed']);
  });

  it('is raised again when it returns; once it recurs only after a quarter of an hour', () => {
    const back = (minutes: number, over: Partial<EpisodeState> = {}) => {
      const overAt = T0 + MINUTE;
      const old = episodeOf({ end: overAt, overAt, ...over });
      return goOn(old, { start: overAt + minutes * MINUTE, end: null }, {}, latched).lines;
    };
    const recurring = { recurring: { count: 2, since: T0 } };
    expect(back(1)).toEqual(['raised recurring']);
    expect(back(15 - 1 / MINUTE, recurring)).toEqual(['amended recurring']);
    expect(back(15, recurring)).toEqual(['raised recurring']);
  });
});

describe('a closed alert whose condition turns out to hold', () => {
  it('is raised again as reopened', () => {
    const { lines, episode } = goOn(episodeOf({ end: T0 + MINUTE, status: 'resolved' }), { end: null });
    expect([lines, episode.status]).toEqual([['raised reopened'], 'open']);
  });

  it('is left alone for half an hour when a person closed it, unless it is worse than it was then', () => {
    const closedAgo = (ms: number, rank: number) => {
      const closedByHand = { rank: 2, at: NOW - ms };
      return goOn(episodeOf({ status: 'resolved', closedByHand }), { rank });
    };
    const halfAnHour = 30 * MINUTE;
    expect(closedAgo(halfAnHour - 1, 2).lines).toEqual([]);
    expect(closedAgo(halfAnHour, 2).lines).toEqual(['raised snooze-ended']);
    expect(closedAgo(halfAnHour, 2).episode).not.toHaveProperty('closedByHand');
    expect(closedAgo(0, 3).lines).toEqual(['raised worse']);
    expect(closedAgo(0, 3).episode).not.toHaveProperty('closedByHand');
  });
});
