import { describe, expect, it } from '@jest/globals';
import { uuidOf } from '#libs/domain/quantities';
import { MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emitAll } from './emit-all.js';
import { episodeId, amendPending, emit } from './emit.js';

const OXYGEN_LOW = measureRule('oxygen-saturation-low');
const ID = episodeId({ tenant: 1, patient: 'p1' }, OXYGEN_LOW.id, 0);

describe('a transition', () => {
  it('has an id that follows from the episode and its sequence', () => {
    const draft = draftWith({});
    emit(draft, OXYGEN_LOW, episodeOf({ sequence: 4 }), 'amended', 'data-changed');
    expect(draft.transitions).toMatchObject([{ id: uuidOf(`transition|5|${ID}`), episode: ID, sequence: 5 }]);
  });

  it('carries its own reason only, and until when it is snoozed only if it is', () => {
    const draft = draftWith({});
    const told = emit(draft, OXYGEN_LOW, episodeOf({ reason: 'worse' }), 'amended');
    expect(told).not.toHaveProperty('reason');
    emit(draft, OXYGEN_LOW, episodeOf({ status: 'snoozed', snoozedUntil: T0 + MINUTE }), 'snoozed');
    expect(draft.transitions[0]).not.toHaveProperty('snoozedUntil');
    expect(draft.transitions[1]).toMatchObject({ snoozedUntil: T0 + MINUTE });
  });

  it('is a rise only when the severity is higher than it was emitted before', () => {
    const roseOf = (rank: number, before?: number) => {
      const known = before === undefined ? {} : { told: { rank: before, rose: 3 } };
      return emit(draftWith({}), OXYGEN_LOW, episodeOf({ rank, sequence: 6, ...known }), 'amended').told!.rose;
    };
    expect([roseOf(2), roseOf(2, 1), roseOf(2, 2), roseOf(2, 3)]).toEqual([7, 7, 3, 3]);
  });

  it('takes up a change of the same episode in the same record, and of no other', () => {
    const draft = draftWith({});
    const other = emit(draft, OXYGEN_LOW, episodeOf({ n: 1 }), 'raised');
    const told = emit(draft, OXYGEN_LOW, episodeOf(), 'raised');
    const folded = [{ rule: 'another', reason: 'same-cause' }];
    expect(amendPending(draft, OXYGEN_LOW, { ...told, folded }, 'joined').sequence).toBe(told.sequence);
    expect(draft.transitions.map(({ alert }) => alert.suppressed)).toEqual([undefined, folded]);
    expect(other.sequence).toBe(told.sequence);
    const later = amendPending(draft, OXYGEN_LOW, { ...told, sequence: 7 }, 'joined');
    expect([later.sequence, draft.transitions.length]).toEqual([8, 3]);
  });
});

describe('what one record shows of several rules', () => {
  const met = citedOf({ code: OXYGEN });
  const shown = (rule: string, end: number | null, rank: number) => {
    const found: FoundEpisode = { start: T0, end, rank, peak: rank, first: met, met, worst: met, cleared: null };
    return { rule: measureRule(rule), found: [found], look: { since: null, newest: T0, fresh: [], held: false } };
  };
  const linesOf = (all: ReturnType<typeof shown>[], open: Record<string, EpisodeState[]> = {}) =>
    [all, all.toReversed()].map((each) => {
      const draft = draftWith(open);
      emitAll(draft, each);
      return draft.transitions.map(({ rule, alert }) => `${rule} ${alert.transition}`);
    });
  const inAnyOrder = (...lines: string[]) => [lines, lines];

  it('is emitted by groups in the order of the catalogue', () => {
    expect(
      linesOf([shown('glucose-low', null, 2), shown('oxygen-saturation-low', null, 2), shown('news2', null, 2)]),
    ).toEqual(inAnyOrder('glucose-low raised', 'news2 raised', 'oxygen-saturation-low raised'));
  });

  it('is of one group the most severe, in which the milder is folded', () => {
    const [trend, news2] = ['deterioration-trend', 'news2'];
    expect(linesOf([shown(news2, null, 2), shown(trend, null, 3)])).toEqual(inAnyOrder(`${trend} raised`));
    expect(linesOf([shown(news2, null, 3), shown(trend, null, 2)])).toEqual(inAnyOrder(`${news2} raised`));
    expect(linesOf([shown(news2, null, 2), shown(trend, null, 2)])).toEqual(inAnyOrder(`${news2} raised`));
  });

  it('is of one group what has ended before what begins, whichever is more severe', () => {
    const [low, veryLow] = ['glucose-low', 'glucose-very-low'];
    for (const [over, begun, rankOver, rankBegun] of [
      [low, veryLow, 3, 2],
      [low, veryLow, 2, 3],
      [veryLow, low, 3, 2],
      [veryLow, low, 2, 3],
    ] as const) {
      const all = [shown(over, T0 + MINUTE, rankOver), shown(begun, null, rankBegun)];
      expect(linesOf(all, { [over]: [episodeOf()] })).toEqual(inAnyOrder(`${over} resolved`, `${begun} raised`));
    }
  });
});
