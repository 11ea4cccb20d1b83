import type { Severity, WireSample } from '#libs/contracts';
import type { Catalogue, TransitionChange } from '#libs/domain/twin';
import { overlapsAny, type ComparedEpisode } from './compare-episodes.js';
import type { SetLimit } from './twin-run.js';

/** A stretch in which a patient was watched, ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A pause longer than this is not counted as watched. */
const PAUSE_MS = 6 * 3_600_000;

/** Adds an instant to a patient's spans (given in order). */
export function watched(spans: readonly Span[], at: number): readonly Span[] {
  const last = spans.at(-1);
  if (last === undefined || at - last.to > PAUSE_MS) return [...spans, { from: at, to: at }];
  return at <= last.to ? spans : [...spans.slice(0, -1), { from: last.from, to: at }];
}

export function patientDays(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + (to - from), 0) / 86_400_000;
}

export interface Load {
  readonly rule: string;
  readonly alerts: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** null: nothing was watched. */
  readonly perPatientDay: number | null;
}

/**
 * Emitted alerts: each `raised` and `escalated` transition once, by rule and the severity it was emitted with, in order of rule id. What became
 * known only when it was over, what went quietly and what ended rings no bell.
 */
export function alarmLoad(
  transitions: Iterable<{
    readonly rule: string;
    readonly alert: Pick<TransitionChange['alert'], 'transition' | 'severity'>;
  }>,
  spans: readonly Span[],
): readonly Load[] {
  const counts = new Map<string, Record<Severity, number>>();
  for (const { rule, alert } of transitions) {
    if (alert.transition !== 'raised' && alert.transition !== 'escalated') continue;
    const count = counts.get(rule) ?? { high: 0, medium: 0, low: 0 };
    count[alert.severity]++;
    counts.set(rule, count);
  }
  const days = patientDays(spans);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, bySeverity]) => {
      const alerts = bySeverity.high + bySeverity.medium + bySeverity.low;
      return { rule, alerts, bySeverity, perPatientDay: days > 0 ? alerts / days : null };
    });
}

/** Each excursion of a plain threshold by rule: from the first reading beyond the limit to the first within; seconds since 1970. */
export type PlainExcursions = ReadonlyMap<string, readonly ComparedEpisode[]>;

export interface PlainCounter {
  take(sample: WireSample): void;
  readonly excursions: PlainExcursions;
}

/**
 * The plain alternative to each limit rule: every reading beyond the mildest limit fires when the reading before was not, with no
 * persistence, no hysteresis and no look at quality (values marked bad are left out, as they are by the rules).
 */
export function createPlainCounter(
  catalogue: Catalogue,
  rules: ReadonlySet<string> | undefined,
  limits: readonly SetLimit[],
): PlainCounter {
  const watchers = catalogue.rules.flatMap((rule) => {
    if (rule.kind !== 'limit' || rules?.has(rule.id) === false) return [];
    const name = rule.tiers[0]!.raise;
    const set = limits.findLast((one) => one.rule === rule.id)?.limits?.[name];
    const limit = set ?? rule.limits.find((spec) => spec.name === name)!.default;
    return [{ id: rule.id, code: rule.codes[0], below: rule.direction === 'below', limit }];
  });
  const excursions = new Map<string, { at: number; until: number | null }[]>();
  return {
    excursions,
    take({ c, t, x, q }) {
      if (x === undefined || q === 2) return;
      for (const { id, code, below, limit } of watchers) {
        if (code !== c) continue;
        const list = excursions.get(id) ?? [];
        const last = list.at(-1);
        const open = last !== undefined && last.until === null;
        const beyond = below ? x < limit : x > limit;
        if (beyond && !open) list.push({ at: t / 1000, until: null });
        if (!beyond && open) last.until = t / 1000;
        excursions.set(id, list);
      }
    },
  };
}

/** How many of the excursions overlap an episode of the rule. */
export function coveredBy(episodes: readonly ComparedEpisode[], excursions: readonly ComparedEpisode[]): number {
  return excursions.filter((excursion) => overlapsAny(excursion, episodes)).length;
}
