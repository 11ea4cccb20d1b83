import { MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { Draft } from '../state/draft.js';
import { emitEpisodes } from './episodes.js';
import type { Look } from './look.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { MeasureRule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

export const NOW = T0 + 60 * MINUTE;

const OXYGEN_LOW = measureRule('oxygen-saturation-low');

export function at(minute: number): number {
  return T0 + minute * MINUTE;
}

function valueAt(t: number): Cited {
  return citedOf({ identity: `value ${t}`, t, x: 88, code: OXYGEN });
}

/** A condition, in minutes; null: it goes on. */
export function found(from: number, until: number | null, rank = 2): FoundEpisode {
  const met = valueAt(at(from));
  const [end, cleared] = until === null ? [null, null] : [at(until), valueAt(at(until))];
  return { start: at(from), end, rank, peak: rank, first: met, met, worst: met, cleared };
}

export function told(from: number, until: number | null, over: Partial<EpisodeState> = {}): EpisodeState {
  const times = { start: at(from), end: until === null ? null : at(until), raisedAt: at(from) };
  const status = until === null ? 'open' : 'resolved';
  return episodeOf({ ...times, status, cites: [valueAt(at(from))], ...over });
}

export const refractory = { reason: 'refractory', by: 'another', until: at(40), rank: 2 } as const;

export const waiting = { reason: 'catching-up', by: null, until: null, rank: 2 } as const;

export function compare(
  before: readonly EpisodeState[],
  now: readonly FoundEpisode[],
  look: Partial<Look> = {},
  { rule = OXYGEN_LOW, prepare }: { rule?: MeasureRule; prepare?: (draft: Draft) => void } = {},
) {
  const draft = draftWith({ [rule.id]: before }, NOW);
  prepare?.(draft);
  const state = { ...draft.rules[rule.id]!, floor: 7 };
  const after = emitEpisodes(draft, rule, state, now, { since: null, newest: NOW, fresh: [], held: false, ...look });
  const lines = draft.transitions.map(({ alert, sequence }) => `${alert.transition} ${alert.reason ?? ''} ${sequence}`);
  return { draft, ...after, lines };
}

/** Numbers of the episodes that are remembered, with where they begin and end, in minutes. */
export function remembered(episodes: readonly EpisodeState[]): (number | null)[][] {
  return episodes.map(({ n, start, end }) => [n, (start - T0) / MINUTE, end === null ? null : (end - T0) / MINUTE]);
}
