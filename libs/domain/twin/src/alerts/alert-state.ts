import type { AlertStatus } from '#libs/contracts';
import type { EpisodeState } from '../state/episode-state.js';

/** No more transitions but acknowledgement follow, unless data change what happened. */
export function isClosed(status: AlertStatus): boolean {
  return status === 'resolved' || status === 'retrospective' || status === 'retracted';
}

/** Emitted and not closed: a person can act on it. */
export function isOpen({ status, muted }: Pick<EpisodeState, 'status' | 'muted'>): boolean {
  return muted === undefined && !isClosed(status);
}

/**
 * Severity that the alert carries, as a rank: its peak when it is closed, else that of the condition, one higher once it was escalated
 * because nobody acknowledged it. Severity and sentences come from here, so that they cannot disagree.
 */
export function alertRank({
  status,
  rank,
  peak,
  escalatedAt,
  escalatedRank = rank,
}: Pick<EpisodeState, 'status' | 'rank' | 'peak' | 'escalatedAt' | 'escalatedRank'>): number {
  if (isClosed(status)) return peak;
  return escalatedAt === undefined || escalatedRank !== rank ? rank : Math.min(3, rank + 1);
}

/** Open again, as if it began now: what was acknowledged, snoozed or escalated was the episode as it stood then. */
export function reopened(episode: EpisodeState): EpisodeState {
  const { acknowledgedBy: _by, onBehalfOf: _person, snoozedUntil: _until, seen: _seen, ...rest } = episode;
  const { escalatedAt: _at, escalatedRank: _rank, ...open } = rest;
  return { ...open, status: 'open' };
}
