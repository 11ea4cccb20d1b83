import { describe, expect, it } from '@jest/globals';
import { MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf } from '../fixtures/draft.fixture.js';
import { SYSTEM_OUTAGE } from '../ingest/sender-rules.js';
import type { Draft } from '../state/draft.js';
import type { EpisodeState } from '../state/episode-state.js';
import { followOutage } from './outages.js';

const { id } = SYSTEM_OUTAGE;
const OUTAGE = { components: ['engine', 'ingress'], from: T0 - MINUTE };
const told = ({ transitions }: Draft) => transitions.map(({ alert }) => alert.transition);

function after(...known: readonly Partial<EpisodeState>[]): Draft {
  return draftWith(known.length === 0 ? {} : { [id]: known.map((over, n) => episodeOf({ n, cites: [], ...over })) });
}

function followed(draft: Draft, until?: number, from = OUTAGE.from): readonly EpisodeState[] {
  followOutage(draft, { ...OUTAGE, from, ...(until === undefined ? {} : { until }) });
  return draft.rules[id]!.episodes;
}

describe('an outage of the system', () => {
  it('is one alert from when it was last heard', () => {
    const draft = after();
    const about = ['engine, ingress not running'];
    expect(followed(draft)).toEqual([
      expect.objectContaining({ n: 0, start: T0 - MINUTE, end: null, cites: [], about }),
    ]);
    expect([told(draft), draft.rules[id]!.count]).toEqual([['raised'], 1]);
    expect(told((followed(draft), draft))).toEqual(['raised']);
  });

  it('ends when it is heard again, with how long it was, however often that is said', () => {
    const draft = after({ end: 1 }, { start: T0 - 5 * MINUTE, snoozedUntil: T0, status: 'snoozed' });
    const [first, second, ...others] = followed(draft, T0);
    expect([first!.end, others]).toEqual([1, []]);
    expect(second).toMatchObject({ end: T0, status: 'resolved', about: ['engine, ingress not running for 5 min'] });
    expect(second).not.toHaveProperty('snoozedUntil');
    expect(draft.changed).toBe(true);
    followed(draft, T0);
    expect(told(draft)).toEqual(['resolved']);
  });

  it('that is over when it becomes known is raised and resolved', () => {
    const draft = after();
    expect(followed(draft, T0)[0]).toMatchObject({ start: T0 - MINUTE, end: T0, status: 'resolved' });
    expect(told(draft)).toEqual(['raised', 'resolved']);
    expect(followed(after(), T0 - 2 * MINUTE)[0]!.end).toBe(T0 - MINUTE);
  });

  it('that was suppressed ends without a word', () => {
    const draft = after({ muted: { reason: 'monitoring-off', by: null, until: null, rank: 2 } });
    expect(followed(draft, T0)[0]).toMatchObject({ end: T0, status: 'resolved' });
    expect([told(draft), draft.changed]).toEqual([[], true]);
  });

  it.each([
    [30 * SECOND, 1],
    [30 * SECOND + 1, 2],
  ])('that begins %s ms after another is the same within half a minute: %s', (apart, count) => {
    expect(followed(after({ end: OUTAGE.from - apart, status: 'resolved' }))).toHaveLength(count);
  });

  it('four are kept', () => {
    const ended = { end: 1, status: 'resolved' } as const;
    const draft = after(ended, ended, ended, ended);
    expect(followed(draft).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    expect(draft.rules[id]!.count).toBe(5);
  });
});
