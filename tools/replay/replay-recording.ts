import type { Severity, WireSample } from '#libs/contracts';
import type { Applied, Catalogue, TransitionChange } from '#libs/domain/twin';
import { createForecastScorer, type ReplayedForecasts } from './forecasts/score-forecasts.js';
import { createPlainCounter, watched, type PlainExcursions, type Span } from './alarm-load.js';
import { readText } from './read-text.js';
import { endOf, readWfdb } from './read-wfdb.js';
import type { OnBad, RecordedSample, RecordingFile } from './recording.js';
import { createTwinRun, type SetLimit, type TwinRun } from './twin-run.js';

/** An episode as last emitted, or as it was suppressed; ms. */
export interface ReplayedEpisode {
  readonly rule: string;
  readonly severity: Severity;
  readonly at: number;
  readonly until: number | null;
  readonly value: number | undefined;
  readonly retracted: boolean;
}

/** What rang, kept small: a night of alarms is a few numbers each. */
export interface Rung {
  readonly rule: string;
  readonly alert: { readonly transition: TransitionChange['alert']['transition']; readonly severity: Severity };
}

/** What one set of limits found. */
export interface Findings {
  readonly episodes: readonly ReplayedEpisode[];
  readonly rung: readonly Rung[];
}

export interface ReplayedPatient {
  readonly record: string;
  /** Effective time of the first sample, ms: second 0 of the record. */
  readonly start: number;
  readonly spans: readonly Span[];
  readonly samples: number;
  /** Single values: of a waveform or a series each one. */
  readonly values: number;
  readonly live: Findings;
  readonly shadow: Findings | undefined;
  readonly plain: PlainExcursions;
  /** Of the models that were asked for. */
  readonly forecasts: readonly ReplayedForecasts[];
}

export interface ReplayOptions {
  readonly catalogue: Catalogue;
  readonly rules: ReadonlySet<string> | undefined;
  readonly limits: readonly SetLimit[];
  readonly shadow: readonly SetLimit[] | undefined;
  /** Models that forecast meanwhile; `catalogue` has them beside the rules. */
  readonly forecasting?: { readonly catalogue: Catalogue; readonly models: ReadonlySet<string> } | undefined;
  readonly onBad: OnBad;
}

/** Runs one recording through the twins of its patients. What is held is the twins and what they found, never the recording. */
export async function replayRecording(
  file: RecordingFile,
  options: ReplayOptions,
): Promise<readonly ReplayedPatient[]> {
  const patients = new Map<string, Patient>();
  const read = file.path.endsWith('.hea') ? readWfdb : readText;
  for await (const sample of read(file, options.onBad)) {
    let patient = patients.get(sample.patient);
    if (patient === undefined) {
      patient = createPatient(sample, options);
      patients.set(sample.patient, patient);
    }
    patient.take(sample);
  }
  const several = patients.size > 1;
  return [...patients].map(([id, patient]) => patient.finish(several ? `${file.name}/${id}` : file.name));
}

interface Patient {
  take(sample: RecordedSample): void;
  finish(record: string): ReplayedPatient;
}

function createPatient(first: RecordedSample, options: ReplayOptions): Patient {
  const { catalogue, rules, limits, shadow, forecasting } = options;
  const live = createFindings(rules);
  const beside = shadow === undefined ? undefined : createFindings(rules);
  const scorer = forecasting && createForecastScorer(forecasting.catalogue, forecasting.models);
  const ofLive = (applied: Applied): void => {
    live.add(applied);
    scorer?.take(applied);
  };
  const runs: TwinRun[] = [createTwinRun(forecasting?.catalogue ?? catalogue, first.patient, limits, ofLive)];
  if (beside !== undefined)
    runs.push(createTwinRun(catalogue, first.patient, laidOver(limits, shadow!), (applied) => beside.add(applied)));
  const plain = createPlainCounter(catalogue, rules, limits);
  const start = first.wire.t;
  let spans: readonly Span[] = [];
  let [samples, values, now] = [0, 0, -Infinity];
  let batch: WireSample[] = [];
  let sender = first;

  function flush(): void {
    if (batch.length === 0) return;
    for (const run of runs) run.take(batch, { source: sender.source, device: sender.device }, now);
    batch = [];
  }

  return {
    take(sample) {
      const { wire, source, device } = sample;
      // What was sent late is received when it stands in the recording: after what stands before it.
      const end = Math.max(now, endOf(wire));
      if (end > now || source !== sender.source || device !== sender.device) flush();
      now = end;
      sender = sample;
      batch.push(wire);
      samples++;
      values += wire.s?.length ?? 1;
      if (spans.length === 0 || end >= wire.t) spans = watched(watched(spans, wire.t), end);
      plain.take(wire);
    },
    finish(record) {
      flush();
      for (const run of runs) run.finish(now);
      return {
        record,
        start,
        spans,
        samples,
        values,
        live: live.found(),
        shadow: beside?.found(),
        plain: plain.excursions,
        forecasts: scorer?.finish() ?? [],
      };
    },
  };
}

/** The candidate's limits in place of the live ones of the same rule; other rules keep theirs. */
function laidOver(limits: readonly SetLimit[], shadow: readonly SetLimit[]): readonly SetLimit[] {
  return [...limits.filter(({ rule }) => !shadow.some((one) => one.rule === rule)), ...shadow];
}

function createFindings(rules: ReadonlySet<string> | undefined) {
  const episodes = new Map<string, ReplayedEpisode>();
  /** Suppressed and not over: no transition will report their end. */
  const suppressed = new Map<string, ReplayedEpisode>();
  const rung: Rung[] = [];
  function take({ rule, episode, alert }: TransitionChange): void {
    const { transition, severity, effectiveAt, resolvedAt, evidence } = alert;
    if (transition === 'raised' || transition === 'escalated') rung.push({ rule, alert: { transition, severity } });
    suppressed.delete(episode);
    episodes.set(episode, {
      rule,
      severity,
      at: Date.parse(effectiveAt),
      until: resolvedAt === undefined ? null : Date.parse(resolvedAt),
      value: (evidence.find((one) => one.effectiveAt === effectiveAt) ?? evidence[0])?.value,
      retracted: transition === 'retracted',
    });
  }

  return {
    add({ transitions, suppressions, state }: Applied): void {
      for (const { rule, episode, severity, effectiveAt } of suppressions) {
        if (rules?.has(rule) === false) continue;
        suppressed.set(episode, { rule, severity, at: effectiveAt, until: null, value: undefined, retracted: false });
      }
      for (const [id, { rule, at, ...rest }] of suppressed) {
        const until = state.rules[rule]?.episodes.find(({ start }) => start === at)?.end ?? null;
        episodes.set(id, { ...rest, rule, at, until });
        if (until !== null) suppressed.delete(id);
      }
      for (const transition of transitions) if (rules?.has(transition.rule) !== false) take(transition);
    },
    found(): Findings {
      return { rung, episodes: [...episodes.values()].filter(({ retracted }) => !retracted).sort(byTime) };
    },
  };
}

function byTime(a: ReplayedEpisode, b: ReplayedEpisode): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.rule === b.rule) return 0;
  return a.rule < b.rule ? -1 : 1;
}
