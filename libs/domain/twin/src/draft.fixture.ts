import { createMemory, initialTwin, ruleById } from './index.js';
import { draftOf, type Draft } from './draft.js';
import { NO_RULE_STATE } from './fold.js';
import type { MeasureRule } from './rule.js';
import type { EpisodeState } from './state.js';
import { HEART_RATE, T0 } from './ward.fixture.js';

/** An episode that was told as medium and goes on. */
export function episodeOf(over: Partial<EpisodeState> = {}): EpisodeState {
  return {
    n: 0,
    start: T0,
    end: null,
    rank: 2,
    peak: 2,
    status: 'open',
    sequence: 1,
    last: 'raised',
    raisedAt: T0,
    cites: [['value', 1, T0, 50, 0, 'gateway', HEART_RATE]],
    limit: null,
    ...over,
  };
}

/** A tick's draft at `now` of a twin with these episodes, by rule. */
export function draftWith(episodes: Readonly<Record<string, readonly EpisodeState[]>>, now = T0): Draft {
  const record = { v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt: now } as const;
  const draft = draftOf(initialTwin(1, 'p1'), record, createMemory());
  for (const [rule, own] of Object.entries(episodes))
    draft.rules[rule] = { ...NO_RULE_STATE, episodes: own, count: own.length };
  return draft;
}

export function measureRule(id: string): MeasureRule {
  const rule = ruleById(id);
  if (rule?.kind !== 'limit' && rule?.kind !== 'stream') throw new Error(`no rule over measures: ${id}`);
  return rule;
}
