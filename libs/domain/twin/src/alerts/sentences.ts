import type { AlertReason, Transition } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import type { Limits } from '../limits/limits.js';
import { alertRank } from './alert-state.js';
import { isOffReason, type OffReason } from '../monitoring/off-reason.js';
import { RANKS, severityOf, type LimitRule, type Rule, type StreamRule, type Tier } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

/** One or two sentences: what happened, then what was measured. */
export function summaryOf(
  rule: Rule,
  limits: Limits,
  episode: EpisodeState,
  transition: Transition,
  reason: AlertReason | undefined,
): string {
  const head = [headOf(rule, episode, transition, reason), recurringWords(episode, transition)]
    .filter((part) => part !== '')
    .join(' ');
  const what = whatSentence(rule, limits, episode);
  return head === '' ? what : `${head} ${what}`;
}

function whatSentence(rule: Rule, limits: Limits, episode: EpisodeState): string {
  switch (rule.kind) {
    case 'limit':
      return valueSentence(rule, limits, episode);
    case 'stream':
      return findingSentence(rule, episode);
    case 'silence':
      return silenceSentence(episode);
    case 'sender':
      return `${rule.words}: ${(episode.about ?? []).join('; ')}.`;
  }
}

function findingSentence(rule: StreamRule, { finding, start, cites, raisedAt }: EpisodeState): string {
  const words = finding?.words ?? rule.title;
  const doubtful =
    cites.length > 0 && cites.every((cited) => cited.quality !== 0) ? ' All values are of doubtful quality.' : '';
  return `${words} (since ${clock(start, raisedAt)}).${doubtful}`;
}

function headOf(rule: Rule, episode: EpisodeState, transition: Transition, reason: AlertReason | undefined): string {
  const { start, end, closedByHand, snoozedUntil, raisedAt, recurring } = episode;
  switch (transition) {
    case 'raised':
      return raisedHead(rule, episode, reason);
    case 'escalated':
      if (reason === 'unacknowledged') return 'Escalated: not acknowledged.';
      return `Severity rose to ${severityOf(alertRank(episode))}.`;
    case 'deescalated':
      return `Severity fell to ${severityOf(alertRank(episode))}.`;
    case 'amended':
      if (reason === 'severity-rose') return `Severity rose to ${severityOf(alertRank(episode))}.`;
      if (reason === 'severity-returned') return `Severity back to ${severityOf(alertRank(episode))}.`;
      if (reason === 'recurring') return '';
      return AMENDED[reason ?? 'sources-changed'] ?? 'Updated.';
    case 'retracted':
      return 'Retracted after late or corrected data. Original text:';
    case 'retrospective':
      return `Retrospective: ended at ${clock(end ?? start, raisedAt)}, before the data arrived.`;
    case 'resolved':
      if (closedByHand !== undefined) return 'Closed manually.';
      if (reason !== undefined && isOffReason(reason)) return CLOSED[reason];
      if (recurring?.until !== undefined) {
        return `Resolved after ${recurring.count} episodes in ${span(recurring.until - recurring.since)}.`;
      }
      return `Resolved after ${span((end ?? start) - start)}.`;
    case 'acknowledged':
      return 'Acknowledged.';
    case 'snoozed':
      return `Snoozed until ${clock(snoozedUntil ?? start, raisedAt)}.`;
  }
}

function raisedHead(rule: Rule, episode: EpisodeState, reason: AlertReason | undefined): string {
  switch (reason) {
    case 'reopened':
      return 'Reopened: late or corrected data show it is still present.';
    case 'persists':
      return 'Persists after the alert that suppressed it.';
    case 'snooze-ended':
      return `Snooze ended: ${episode.end === null ? 'the condition is still present' : 'not acknowledged'}.`;
    case 'worse':
      return `Worsened: severity ${severityOf(alertRank(episode))}.`;
    case 'sources-changed':
      return rule.kind === 'sender' ? 'Another source is affected.' : 'Another source has stopped sending.';
    case 'monitoring-on':
      return 'Monitoring resumed; the condition is present.';
    default:
      return '';
  }
}

const CLOSED: Readonly<Record<OffReason, string>> = {
  'monitoring-off': 'Closed: monitoring was switched off.',
  deceased: 'Closed: the patient is recorded as deceased.',
  discharged: 'Closed: the patient was discharged.',
};

function recurringWords({ recurring, raisedAt }: EpisodeState, transition: Transition): string {
  if (recurring === undefined || transition === 'resolved') return '';
  return `Recurring: ${recurring.count} episodes since ${clock(recurring.since, raisedAt)}.`;
}

const AMENDED: Readonly<Partial<Record<AlertReason, string>>> = {
  'data-changed': 'Updated after late or corrected data.',
  joined: 'Another alert with the same cause is suppressed by this one.',
  latched: 'The condition has ended; the alert stays open until acknowledged.',
};

function valueSentence(rule: LimitRule, limits: Limits, episode: EpisodeState): string {
  const { cites, start, raisedAt } = episode;
  const { title, unit } = measureWords(rule);
  const first = cites[0];
  const met = cites.find((cited) => cited.t === start) ?? first;
  if (first === undefined || met === undefined) return `${title} ${rule.direction} its limit.`;
  const worst = cites.reduce((a, b) => (isWorse(rule, a.x, b.x) ? b : a));
  const limit = episode.limit ?? { limit: limits[rule.tiers[0]!.raise]!, layer: 'default' };
  const whose = WHOSE[limit.layer];
  const limitWords = `${rule.direction} the ${whose} limit of ${limit.limit} ${unit}`;
  const held = first.t === start ? '' : ` for ${span(start - first.t)}`;
  const began = `${shown(met)} ${unit} at ${clock(start, raisedAt)}`;
  const furthest = `${shown(worst)} ${unit} at ${clock(worst.t, raisedAt)}`;
  // After an escalation the limit in force is one that the first value need not have crossed.
  const crossed = isWorse(rule, limit.limit, met.x) || (met.comparator !== undefined && met.x === limit.limit);
  const sentence = crossed
    ? `${title} ${began}, ${limitWords}${held}.`
    : `${title} ${furthest}, ${limitWords}; first value ${began}.`;
  const extreme =
    !crossed || worst.x === met.x ? '' : ` ${rule.direction === 'below' ? 'Lowest' : 'Highest'}: ${furthest}.`;
  const doubtful = cites.every((cited) => cited.quality !== 0) ? ' All values are of doubtful quality.' : '';
  return sentence + extreme + doubtful;
}

const WHOSE = { default: 'default', tenant: "tenant's", patient: "patient's" } as const;

function silenceSentence({ about }: EpisodeState): string {
  return `No data: ${(about ?? []).join('; ')}.`;
}

/** Why the rule fired, with the limits that were in force. */
export function whySentence(rule: Rule, limits: Limits, episode: EpisodeState): string {
  if (rule.kind === 'silence') {
    return 'A continuous source has sent no data for longer than its limit, and no backlog is arriving.';
  }
  if (rule.kind === 'sender') return rule.why;
  if (rule.kind === 'stream') return `${rule.title}: ${rule.persistence}.`;
  const tiers = rule.tiers.map((tier) => `${tier.severity} when ${conditionOf(rule, tier, limits)}`).join(', ');
  const confirmed = rule.tiers.some((tier) => RANKS[tier.severity] === episode.rank);
  const doubtful = confirmed ? '' : ' Doubtful values count one severity lower.';
  return `${rule.title} is ${tiers}.${doubtful}`;
}

function conditionOf(rule: LimitRule, tier: Tier, limits: Limits): string {
  const { title, unit } = measureWords(rule);
  const seconds = limits[tier.raiseSeconds]!;
  const held =
    seconds === 0 && tier.raiseSamples === 1
      ? ''
      : ` for ${span(seconds * 1000)} (at least ${tier.raiseSamples} ${tier.raiseSamples === 1 ? 'value' : 'values'})`;
  return `${title.toLowerCase()} is ${rule.direction} ${limits[tier.raise]!} ${unit}${held}`;
}

/** What would end the episode, with the limits that were in force. */
export function clearsSentence(rule: Rule, limits: Limits): string {
  if (rule.kind !== 'limit') return rule.clears.endsWith('.') ? rule.clears : `${rule.clears}.`;
  const tier = rule.tiers[0]!;
  const { title, unit } = measureWords(rule);
  const side = rule.direction === 'below' ? 'at or above' : 'at or below';
  const seconds = limits[tier.clearSeconds]!;
  return `${title} ${side} ${limits[tier.clear]!} ${unit} for ${span(seconds * 1000)}, confirmed by at least ${tier.clearSamples} good values.`;
}

function measureWords(rule: LimitRule): { readonly title: string; readonly unit: string } {
  const measure = measureByNumber(rule.codes[0]);
  return { title: measure?.title ?? rule.title, unit: measure?.unit ?? '1' };
}

function isWorse(rule: LimitRule, a: number, b: number): boolean {
  return rule.direction === 'below' ? b < a : b > a;
}

function shown(cited: Cited): string {
  const { x, comparator } = cited;
  return comparator === undefined ? round(x) : `${BOUND_WORDS[comparator]} ${round(x)}`;
}

const BOUND_WORDS = { '<': 'less than', '<=': 'at most', '>=': 'at least', '>': 'more than' } as const;

/** Rounded to one decimal: more would suggest false precision. */
export function round(x: number): string {
  return String(Math.round(x * 10) / 10);
}

/** ISO 8601 in UTC; a time that no calendar holds reads as the nearest end of the one that does. */
export function utc(ms: number): string {
  const at = Math.min(8.64e15, Math.max(-8.64e15, ms));
  return new Date(Number.isNaN(at) ? 0 : at).toISOString();
}

/** A time as people read it, `15:25:57 UTC`; with the date when it lies on another day than `near`. The exact time stands in the data. */
export function clock(ms: number, near: number): string {
  const [date, time] = [utc(ms).slice(0, -14), utc(ms).slice(-13, -5)];
  return date === utc(near).slice(0, -14) ? `${time} UTC` : `${date} ${time} UTC`;
}

/** A length of time in words: `45 s`, `15 min`, `2 h 5 min`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
