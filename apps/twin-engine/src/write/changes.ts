import { twinKey, type AlertRecord, type PatientInput } from '#libs/contracts';
import { writeTwin, type Applied, type Catalogue, type TransitionChange, type TwinState } from '#libs/domain/twin';
import type { LogRecord } from '#libs/platform/messaging';
import type {
  FactWrite,
  ForecastWrite,
  JudgementWrite,
  MeasurementWrite,
  NewRejection,
  ParametersWrite,
  SourceKeys,
  SourceName,
  StatusWrite,
  SuppressionWrite,
  ThresholdWrite,
  TimerWrite,
  TransitionWrite,
  TwinWrite,
} from '#libs/platform/storage';
import { addForecastRows, type ForecastRows } from './forecast-writes.js';
import { rejectionsOf } from './rejections-of.js';
import { timerWrites } from '../time/timers.js';
import type { HeldTwin } from '../apply/twin-cache.js';

/** A patient's part of a chunk, applied. */
export interface Evolved {
  readonly patient: string;
  readonly partition: number;
  readonly before: HeldTwin;
  readonly state: TwinState;
  readonly applied: readonly { readonly input: PatientInput; readonly log: LogPlace; readonly result: Applied }[];
}

/** Where a record stands in the log. */
type LogPlace = Pick<LogRecord, 'topic' | 'partition' | 'offset'>;

/** A twin after its part of the chunk. */
export interface Written {
  readonly partition: number;
  readonly key: string;
  readonly before: TwinState;
  readonly after: HeldTwin;
}

/** Everything that one transaction writes. */
export interface Changes {
  readonly measurements: readonly MeasurementWrite[];
  readonly judgements: readonly JudgementWrite[];
  readonly rejections: readonly NewRejection[];
  readonly facts: readonly FactWrite[];
  readonly thresholds: readonly ThresholdWrite[];
  readonly transitions: readonly TransitionWrite[];
  readonly suppressions: readonly SuppressionWrite[];
  readonly timers: readonly TimerWrite[];
  readonly twins: readonly TwinWrite[];
  readonly forecasts: readonly ForecastWrite[];
  readonly parameters: readonly ParametersWrite[];
  readonly statuses: readonly StatusWrite[];
  readonly alerts: readonly AlertRecord[];
  readonly written: readonly Written[];
}

/** Names of all sources that the new measurements stand under. */
export function* sourcesOf(evolved: readonly Evolved[]): Iterable<SourceName> {
  for (const { state, applied } of evolved) {
    let last: SourceName | undefined;
    for (const { result } of applied) {
      for (const { source, device } of result.measurements) {
        if (last?.source === source && last.device === device) continue;
        last = { tenant: state.tenant, source, device };
        yield last;
      }
    }
  }
}

/**
 * Turns what the core said into rows.
 *
 * @param now the transaction's time, which the database records as `recorded_at` (ms)
 */
export function changesOf(
  catalogue: Catalogue,
  evolved: readonly Evolved[],
  keyOf: Awaited<ReturnType<SourceKeys['resolve']>>['keyOf'],
  now: number,
): Changes {
  const measurements: MeasurementWrite[] = [];
  const judgements: JudgementWrite[] = [];
  const rejections: NewRejection[] = [];
  const facts: FactWrite[] = [];
  const thresholds: ThresholdWrite[] = [];
  const transitions: TransitionWrite[] = [];
  const suppressions: SuppressionWrite[] = [];
  const timers: TimerWrite[] = [];
  const twins: TwinWrite[] = [];
  const alerts: AlertRecord[] = [];
  const models: ForecastRows = { forecasts: [], parameters: [], statuses: [] };
  const written: Written[] = [];
  for (const { partition, before, state, applied } of evolved) {
    const { tenant, patient } = state;
    const twin = before.key;
    let name: SourceName = { tenant, source: '', device: '' };
    let source = -1;
    for (const { input, log, result } of applied) {
      for (const measurement of result.measurements) {
        if (source === -1 || measurement.source !== name.source || measurement.device !== name.device) {
          name = { tenant, source: measurement.source, device: measurement.device };
          source = keyOf(name);
        }
        measurements.push({ tenant, twin, source, measurement });
      }
      for (const judgement of result.judgements) judgements.push({ tenant, twin, judgement });
      rejections.push(...rejectionsOf(input, result.refused, `${log.topic}:${log.partition}:${log.offset}`));
      addForecastRows(models, catalogue, { tenant, twin, patient }, result);
      for (const fact of result.facts) facts.push({ tenant, twin, fact });
      for (const threshold of result.thresholds) thresholds.push({ tenant, twin, threshold });
      for (const suppression of result.suppressions) suppressions.push({ tenant, twin, patient, suppression });
      for (const transition of result.transitions) {
        transitions.push({ tenant, twin, patient, transition });
        alerts.push(alertRecordOf(tenant, patient, transition, input.receivedAt));
      }
    }
    const set = timerWrites(before, state, applied);
    timers.push(...set.writes.map((write) => ({ tenant, twin, patient, ...write })));
    const changed = state !== before.state;
    const snapshot = changed ? writeTwin(catalogue, state) : undefined;
    if (snapshot !== undefined)
      twins.push({
        tenant,
        key: twin,
        expected: before.state.version,
        version: state.version,
        asOf: state.asOf,
        snapshot,
      });
    written.push({
      partition,
      key: twinKey(tenant, 'patient', patient),
      before: before.state,
      after: {
        key: twin,
        state,
        recorded: changed ? recordedOf(before, state, now) : before.recorded,
        armed: set.armed,
        size: snapshot?.length ?? before.size,
      },
    });
  }
  return {
    measurements,
    judgements,
    rejections,
    facts,
    thresholds,
    transitions,
    suppressions,
    timers,
    twins,
    ...models,
    alerts,
    written,
  };
}

/** @param receivedAt of what caused it, ms */
export function alertRecordOf(
  tenant: number,
  patient: string,
  { id, sequence, alert }: TransitionChange,
  receivedAt: number,
): AlertRecord {
  return { v: 1, tenant, patient, transition: id, sequence, receivedAt, alert };
}

function recordedOf(before: HeldTwin, state: TwinState, now: number): Readonly<Record<string, number>> {
  let recorded: Record<string, number> | undefined;
  for (const code in state.measures) {
    const { latest } = state.measures[code]!;
    const earlier = before.state.measures[code]?.latest;
    if (latest === null || latest === earlier) continue;
    // The same version may be carried along in a new object.
    if (earlier != null && earlier.identity === latest.identity && earlier.version === latest.version) continue;
    recorded ??= { ...before.recorded };
    recorded[code] = now;
  }
  return recorded ?? before.recorded;
}
