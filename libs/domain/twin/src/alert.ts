import type { Alert, Evidence, QualityName, Transition } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import type { Limits } from './limits.js';
import { severityOf, type Rule } from './rule.js';
import { clearsSentence, summaryOf, utc, whySentence, type Cause } from './sentences.js';
import type { Cited, EpisodeState } from './state.js';

export const DISCLAIMER = 'Research software, not a cleared medical device.';

const QUALITY: readonly QualityName[] = ['good', 'doubtful', 'bad'];

/**
 * The alert as subscribers see it after a transition: what, why, on what evidence, and what would clear it. `limits` are those in
 * force when the condition was met. Says nothing about treatment and never the patient's name.
 */
export function alertOf(
  id: string,
  patient: string,
  rule: Rule,
  limits: Limits,
  episode: EpisodeState,
  transition: Transition,
  cause: Cause | undefined,
): Alert {
  const { start, status, raisedAt } = episode;
  const ended = episode.end ?? episode.closedByHand?.at ?? null;
  return {
    id,
    episode: id,
    patient,
    rule: { id: rule.id, version: rule.version, title: rule.title },
    severity: severityOf(isClosed(status) ? episode.peak : episode.rank),
    status,
    transition,
    effectiveAt: utc(start),
    raisedAt: utc(raisedAt),
    ...(ended === null ? undefined : { resolvedAt: utc(ended) }),
    lateSeconds: Math.max(0, Math.round((raisedAt - start) / 1000)),
    summary: summaryOf(rule, limits, episode, transition, cause),
    evidence: rule.kind === 'limit' ? episode.cites.map((cited) => evidenceOf(rule.code, cited)) : [],
    threshold: thresholdOf(rule, episode),
    explanation: { why: whySentence(rule, limits, episode), clears: clearsSentence(rule, limits) },
    ...(episode.acknowledgedBy === undefined ? undefined : { acknowledgedBy: episode.acknowledgedBy }),
    ...(episode.snoozedUntil === undefined ? undefined : { snoozedUntil: utc(episode.snoozedUntil) }),
    ...(episode.note === undefined ? undefined : { note: episode.note }),
    disclaimer: DISCLAIMER,
  };
}

/** No more transitions but acknowledgement follow, unless data change what happened. */
export function isClosed(status: Alert['status']): boolean {
  return status === 'resolved' || status === 'retrospective' || status === 'retracted';
}

/** Public id of a measurement's version: the identity alone for the first. */
export function measurementId(identity: string, version: number): string {
  return version === 1 ? identity : `${identity}.${version}`;
}

export function qualityName(quality: number): QualityName {
  return QUALITY[quality] ?? 'bad';
}

function evidenceOf(code: number, [identity, version, t, x, quality, source]: Cited): Evidence {
  const measure = measureByNumber(code);
  return {
    id: measurementId(identity, version),
    code: measure?.name ?? String(code),
    value: x,
    unit: measure?.unit ?? '1',
    effectiveAt: utc(t),
    source,
    quality: qualityName(quality),
  };
}

function thresholdOf(rule: Rule, { limit }: EpisodeState): Alert['threshold'] {
  if (limit === null) return null;
  const { reason, expiresAt } = limit;
  return {
    limit: limit.limit,
    unit: rule.kind === 'limit' ? (measureByNumber(rule.code)?.unit ?? '1') : 's',
    comparison: rule.kind === 'limit' ? rule.direction : 'silent-for',
    owner: limit.owner,
    ...(reason === undefined ? undefined : { reason }),
    ...(expiresAt === undefined ? undefined : { expiresAt: utc(expiresAt) }),
  };
}
