import type { Alert, AlertReason, Evidence, Explanation, QualityName, Transition } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import { alertRank, isClosed } from './alert-state.js';
import type { Limits } from '../limits/limits.js';
import { ageAt, type Person } from '../facts/person.js';
import { severityOf, type Rule } from '../rules/rule.js';
import { clearsSentence, summaryOf, utc, whySentence } from './sentences.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Feedback } from '../state/state.js';
import type { Cited } from '../state/cited.js';

export const DISCLAIMER = 'Research software, not a cleared medical device.';

const QUALITY: readonly QualityName[] = ['good', 'doubtful', 'bad'];

/** Input of {@link alertOf}. `limits` are those in force when the condition was met. */
interface AlertParts {
  readonly id: string;
  readonly patient: string;
  readonly rule: Rule;
  readonly limits: Limits;
  readonly episode: EpisodeState;
  readonly transition: Transition;
  readonly reason: AlertReason | undefined;
  readonly feedback: Feedback | undefined;
  readonly person: Person;
}

/**
 * The alert as subscribers see it after a transition: what, why, on what evidence, and what would clear it. No advice on
 * treatment, and never the patient's name.
 */
export function alertOf(parts: AlertParts): Alert {
  const { id, patient, rule, limits, episode, transition, reason } = parts;
  const { start, status, raisedAt } = episode;
  const ended = endOf(episode);
  return {
    id,
    episode: id,
    sequence: episode.sequence,
    patient,
    rule: { id: rule.id, version: rule.version, title: rule.title },
    category: rule.category,
    severity: severityOf(alertRank(episode)),
    status,
    transition,
    ...(reason === undefined ? undefined : { reason }),
    effectiveAt: utc(start),
    raisedAt: utc(raisedAt),
    ...(ended === null ? undefined : { resolvedAt: utc(ended) }),
    lateSeconds: Math.max(0, Math.round((raisedAt - start) / 1000)),
    summary: summaryOf(rule, limits, episode, transition, reason),
    evidence: episode.cites.map((cited) => evidenceOf(cited, start)),
    threshold: thresholdOf(rule, episode),
    explanation: explanationOf(parts),
    ...(episode.folded === undefined ? undefined : { suppressed: episode.folded }),
    ...(episode.recurring === undefined
      ? undefined
      : { recurring: { count: episode.recurring.count, since: utc(episode.recurring.since) } }),
    ...(episode.acknowledgedBy === undefined ? undefined : { acknowledgedBy: episode.acknowledgedBy }),
    ...(episode.onBehalfOf === undefined ? undefined : { onBehalfOf: episode.onBehalfOf }),
    ...(episode.snoozedUntil === undefined ? undefined : { snoozedUntil: utc(episode.snoozedUntil) }),
    ...(episode.note === undefined ? undefined : { note: episode.note }),
    disclaimer: DISCLAIMER,
  };
}

function endOf({ end, status, recurring, closedByHand }: EpisodeState): number | null {
  // A recurring alert has not ended between two episodes.
  if (recurring !== undefined && !isClosed(status)) return null;
  return recurring?.until ?? end ?? closedByHand?.at ?? null;
}

function explanationOf({ rule, limits, episode, feedback, person }: AlertParts): Explanation {
  const { finding } = episode;
  const useful = feedback?.useful ?? 0;
  const notUseful = feedback?.notUseful ?? 0;
  const said = useful + notUseful;
  const ageless = rule.byAge !== undefined && ageAt(person, episode.start) === null;
  return {
    why: whySentence(rule, limits, episode) + (ageless ? ' Age unknown: adult limits were used.' : ''),
    clears: clearsSentence(rule, limits),
    ...(finding?.score === undefined ? undefined : { score: finding.score }),
    ...(finding?.intercept === undefined ? undefined : { intercept: finding.intercept }),
    ...(finding?.contributions === undefined ? undefined : { contributions: finding.contributions }),
    ...(finding?.notes === undefined ? undefined : { notes: finding.notes }),
    ...(finding?.missing === undefined ? undefined : { missing: finding.missing }),
    precision: { useful, notUseful, share: said === 0 ? null : useful / said },
  };
}

/** Public id of a measurement's version: the identity alone for the first. */
export function measurementId(identity: string, version: number): string {
  return version === 1 ? identity : `${identity}.${version}`;
}

export function qualityName(quality: number): QualityName {
  return QUALITY[quality] ?? 'bad';
}

function evidenceOf(cited: Cited, start: number): Evidence {
  const { identity, version, t, x, quality, source, code, reasons, comparator, ahead = 0 } = cited;
  const measure = measureByNumber(code);
  return {
    id: measurementId(identity, version),
    code: measure?.name ?? String(code),
    value: x,
    ...(comparator == null ? undefined : { comparator }),
    unit: measure?.unit ?? '1',
    effectiveAt: utc(t + ahead),
    source,
    quality: qualityName(quality),
    ...(reasons === undefined || reasons.length === 0 ? undefined : { qualityReasons: reasons }),
    // The value that shows a condition may be later than its onset.
    ageSeconds: Math.max(0, Math.round((start - t) / 1000)),
  };
}

function thresholdOf(rule: Rule, { limit, finding }: EpisodeState): Alert['threshold'] {
  if (limit === null) return null;
  const { reason, expiresAt } = limit;
  return {
    limit: limit.limit,
    ...comparisonOf(rule, finding),
    layer: limit.layer,
    owner: limit.owner,
    ...(reason === undefined ? undefined : { reason }),
    ...(expiresAt === undefined ? undefined : { expiresAt: utc(expiresAt) }),
  };
}

type Comparison = Pick<NonNullable<Alert['threshold']>, 'unit' | 'comparison'>;

function comparisonOf(rule: Rule, finding: EpisodeState['finding']): Comparison {
  switch (rule.kind) {
    case 'limit':
      return { unit: measureByNumber(rule.codes[0])?.unit ?? '1', comparison: rule.direction };
    case 'stream':
      return { unit: finding?.unit ?? '1', comparison: finding?.comparison ?? 'at-or-above' };
    case 'silence':
    case 'sender':
      return { unit: 's', comparison: 'silent-for' };
  }
}
