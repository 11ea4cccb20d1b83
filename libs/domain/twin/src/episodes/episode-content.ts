import type { Draft } from '../state/draft.js';
import { layersOf, limitsAt, ownerAt } from '../limits/limits.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import { personOf } from '../facts/person.js';
import { RANKS, type MeasureRule } from '../rules/rule.js';
import type { EpisodeLimit, EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

/** Measurements that one episode cites. */
const MAX_CITES = 16;

type Seen = Pick<EpisodeState, 'start' | 'end' | 'rank' | 'peak' | 'cites' | 'limit' | 'finding'>;

/** What an episode is, from what was found. */
export function seen(draft: Draft, rule: MeasureRule, found: FoundEpisode): Seen {
  const { start, end, rank, peak, first, met, worst, cleared, finding } = found;
  const cites: Cited[] = [];
  for (const cited of [first, ...(finding?.cites ?? []).slice(0, MAX_CITES - 4), met, worst, cleared]) {
    if (cited !== null && !cites.some((other) => other.identity === cited.identity)) cites.push(cited);
  }
  const limit = limitOf(draft, rule, found);
  return { start, end, rank, peak, cites, limit, ...(finding === undefined ? undefined : { finding }) };
}

/** The limit that gives the severity, and whose it is. */
function limitOf(draft: Draft, rule: MeasureRule, { start, rank, finding }: FoundEpisode): EpisodeLimit | null {
  const layers = layersOf(draft, rule.id);
  let name: string;
  let limit: number;
  if (rule.kind === 'limit') {
    const tier = rule.tiers.find((candidate) => RANKS[candidate.severity] >= rank) ?? rule.tiers.at(-1)!;
    name = tier.raise;
    limit = limitsAt(rule, layers, personOf(draft.facts), start)[name]!;
  } else {
    if (finding === undefined) return null;
    name = finding.limitName;
    limit = finding.limit;
  }
  const owner = ownerAt(layers, name, start);
  if (owner === null) return { limit, layer: 'default', owner: 'default' };
  const { author, reason, expiresAt } = owner;
  return { limit, layer: owner.layer, owner: author, reason, ...(expiresAt === undefined ? undefined : { expiresAt }) };
}

/** Whether an episode differs from the one emitted: in its times, its severity, or the value that raised it. */
export function differs(old: EpisodeState, next: EpisodeState): boolean {
  if (old.start !== next.start || old.end !== next.end) return true;
  if (next.end !== null && old.peak !== next.peak) return true;
  if (!same(raisedBy(old), raisedBy(next))) return true;
  return old.cites.length > 1 && !same(old.cites[0], next.cites[0]);
}

/** The value that met the condition. */
export function raisedBy(episode: EpisodeState): Cited | undefined {
  return episode.cites.find((cited) => cited.t === episode.start);
}

/** The same value at the same time from another device is no change. */
function same(a: Cited | undefined, b: Cited | undefined): boolean {
  return a?.t === b?.t && a?.x === b?.x && a?.quality === b?.quality;
}
