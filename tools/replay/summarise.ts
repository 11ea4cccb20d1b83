import type { Forecaster } from '#libs/domain/forecasting';
import { summariseForecasts, type ForecastReport } from './forecasts/summarise-forecasts.js';
import { compareEpisodes, type ComparedEpisode } from './compare-episodes.js';
import type { Detection } from '../validate/set.js';
import { alarmLoad, coveredBy, patientDays, type Load } from './alarm-load.js';
import { leadTimes, medianOf, PREDICTS, type Happening, type LeadTimes } from './lead-times.js';
import type { BadLine } from './recording.js';
import type { ReplayedEpisode, ReplayedPatient } from './replay-recording.js';

export interface RuleLoad extends Load {
  /** Times a plain threshold at the same limit would have fired; null for rules that are not one limit of one measure. */
  readonly plainAlerts: number | null;
  /** `alerts` to `plainAlerts`: below 1 the rule rings less. */
  readonly ratio: number | null;
  /** Excursions of the plain threshold that overlap an episode of the rule. */
  readonly plainCovered: number | null;
}

export interface RuleShadow {
  readonly rule: string;
  readonly live: number;
  readonly shadow: number;
  readonly livePerPatientDay: number | null;
  readonly shadowPerPatientDay: number | null;
  readonly both: number;
  readonly onlyLive: number;
  readonly onlyShadow: number;
  readonly earlier: number;
  readonly later: number;
  /** Over the pairs; positive: the candidate is earlier. */
  readonly medianLeadSeconds: number | null;
}

/** What `report.json` holds. The speed is not in it: the same recording gives the same bytes. */
export interface Report {
  readonly recordings: number;
  readonly patients: number;
  readonly samples: number;
  readonly values: number;
  readonly patientDays: number;
  readonly load: readonly RuleLoad[];
  readonly leads: readonly LeadTimes[];
  readonly shadow?: readonly RuleShadow[];
  readonly forecasts?: ForecastReport;
  readonly patientLoad: readonly { readonly record: string; readonly patientDays: number; readonly alerts: number }[];
  readonly badLines: number;
  readonly bad: readonly BadLine[];
}

export function detectionsOf(patients: readonly ReplayedPatient[]): readonly Detection[] {
  return patients.flatMap(({ record, start, live }) =>
    live.episodes.map(({ rule, at, until, value }): Detection => {
      const seconds = (t: number): number => (t - start) / 1000;
      return {
        record,
        kind: 'episode',
        at: seconds(at),
        ...(until === null ? undefined : { until: seconds(until) }),
        rule,
        ...(value === undefined ? undefined : { value }),
      };
    }),
  );
}

export function summarise(
  recordings: number,
  patients: readonly ReplayedPatient[],
  events: readonly Happening[] | undefined,
  bad: { readonly count: number; readonly listed: readonly BadLine[] },
  forecasters?: readonly Forecaster[],
): Report {
  const spans = patients.flatMap((patient) => patient.spans);
  const shadow = shadowOf(patients, patientDays(spans));
  return {
    recordings,
    patients: patients.length,
    samples: patients.reduce((sum, one) => sum + one.samples, 0),
    values: patients.reduce((sum, one) => sum + one.values, 0),
    patientDays: patientDays(spans),
    load: loadOf(patients),
    leads: leadsOf(patients, events),
    ...(shadow === undefined ? undefined : { shadow }),
    ...(forecasters === undefined ? undefined : { forecasts: summariseForecasts(forecasters, patients) }),
    patientLoad: patients.map((one) => ({
      record: one.record,
      patientDays: patientDays(one.spans),
      alerts: one.live.rung.length,
    })),
    badLines: bad.count,
    bad: bad.listed,
  };
}

function loadOf(patients: readonly ReplayedPatient[]): readonly RuleLoad[] {
  const spans = patients.flatMap((patient) => patient.spans);
  const rang = new Map(
    alarmLoad(
      patients.flatMap(({ live }) => live.rung),
      spans,
    ).map((load) => [load.rule, load]),
  );
  const fired = new Set(
    patients.flatMap(({ plain }) => [...plain].filter(([, list]) => list.length > 0).map(([id]) => id)),
  );
  const watchedRules = new Set(patients.flatMap(({ plain }) => [...plain.keys()]));
  return [...new Set([...rang.keys(), ...fired])].sort().map((rule) => {
    const none = {
      rule,
      alerts: 0,
      bySeverity: { high: 0, medium: 0, low: 0 },
      perPatientDay: spans.length > 0 ? 0 : null,
    };
    const load = rang.get(rule) ?? none;
    if (!watchedRules.has(rule)) return { ...load, plainAlerts: null, ratio: null, plainCovered: null };
    let [plainAlerts, plainCovered] = [0, 0];
    for (const { plain, live } of patients) {
      const excursions = plain.get(rule) ?? [];
      plainAlerts += excursions.length;
      plainCovered += coveredBy(episodesOf(live.episodes, rule), excursions);
    }
    return { ...load, plainAlerts, ratio: plainAlerts > 0 ? load.alerts / plainAlerts : null, plainCovered };
  });
}

function episodesOf(episodes: readonly ReplayedEpisode[], rule: string): readonly ComparedEpisode[] {
  return episodes
    .filter((one) => one.rule === rule)
    .map(({ at, until }) => ({ at: at / 1000, until: until === null ? null : until / 1000 }));
}

function leadsOf(patients: readonly ReplayedPatient[], events: readonly Happening[] | undefined): readonly LeadTimes[] {
  const found = patients.flatMap(({ record, start, live }) =>
    live.episodes.map(({ rule, at }): Happening => ({ record, rule, at: (at - start) / 1000 })),
  );
  const ofRule = (all: readonly Happening[], rule: string): readonly Happening[] =>
    all.filter((one) => one.rule === rule);
  const pairs: (readonly [string, string])[] = Object.entries(PREDICTS);
  if (events !== undefined) for (const rule of new Set(events.map((one) => one.rule))) pairs.push([rule, rule]);
  return pairs
    .map(([warning, event]) => leadTimes(warning, event, ofRule(found, warning), ofRule(events ?? found, event)))
    .filter((lead) => lead.warnings > 0 || (events !== undefined && lead.events > 0));
}

function shadowOf(patients: readonly ReplayedPatient[], days: number): readonly RuleShadow[] | undefined {
  if (patients.some(({ shadow }) => shadow === undefined)) return undefined;
  const both = patients.flatMap(({ live, shadow }) => [live, shadow!]);
  const rules = new Set(both.flatMap(({ episodes, rung }) => [...episodes, ...rung].map(({ rule }) => rule)));
  return [...rules].sort().map((rule) => {
    const sums = { both: 0, onlyLive: 0, onlyShadow: 0, earlier: 0, later: 0 };
    const leads: number[] = [];
    let [live, shadow] = [0, 0];
    for (const patient of patients) {
      const ours = episodesOf(patient.live.episodes, rule);
      const found = compareEpisodes(ours, episodesOf(patient.shadow!.episodes, rule));
      for (const name of ['both', 'onlyLive', 'onlyShadow', 'earlier', 'later'] as const) sums[name] += found[name];
      leads.push(...found.leadSeconds);
      live += patient.live.rung.filter((one) => one.rule === rule).length;
      shadow += patient.shadow!.rung.filter((one) => one.rule === rule).length;
    }
    return {
      rule,
      live,
      shadow,
      livePerPatientDay: days > 0 ? live / days : null,
      shadowPerPatientDay: days > 0 ? shadow / days : null,
      ...sums,
      medianLeadSeconds: medianOf(leads.sort((a, b) => a - b)),
    };
  });
}
