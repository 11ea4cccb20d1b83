import { measureByNumber } from '#libs/domain/quantities';
import {
  checkVital,
  VITAL_SPECS,
  type AcceptedValue,
  type VitalSpec,
  type VitalState,
} from '#libs/domain/signal-quality';
import type { Sample } from '../rules/judged-sample.js';
import { sensorOf, takenOver } from '../rules/sensor.js';
import { judgedAs } from '../ingest/sample.js';
import type { CheckMachine } from '../state/machine-state.js';
import type { Cited } from '../state/cited.js';

/** Maximum number of sensors tracked per measure; the one silent for longest is dropped first. */
const SENSORS_KEPT = 4;

function specOf(code: number): VitalSpec | undefined {
  const measure = measureByNumber(code);
  return measure === undefined ? undefined : VITAL_SPECS[measure.name];
}

/** Whether values of this measure (catalogue number) are checked against their neighbours. */
export function isChecked(code: number): boolean {
  return specOf(code) !== undefined;
}

/** One value on: the value with the quality that its sensor's earlier values give it, and what is remembered of them. */
export function check(
  known: CheckMachine | null,
  sample: Sample,
): { readonly machine: CheckMachine | null; readonly cited: Cited } {
  const { cited, device } = sample;
  const { t, x, quality, code } = cited;
  const spec = specOf(code);
  if (spec === undefined) return { machine: known, cited };
  const sensor = sensorOf(cited.source, device);
  const machine = known === null ? null : takenOver(known, cited.source, sensor);
  const before = machine !== null && Object.hasOwn(machine, sensor) ? machine[sensor]! : null;
  const verdict = checkVital(spec, before, { t, x, quality }, machine === null ? NONE : othersIn(machine, sensor));
  // Without a state only where there was none before.
  const next = verdict.state === before ? machine : kept(machine, sensor, verdict.state!);
  const found = verdict.reasons.filter((reason) => reason !== 'sent-as-doubtful' && reason !== 'sent-as-bad');
  if (found.length === 0) return { machine: next, cited };
  const reasons = [...(cited.reasons ?? []), ...found];
  return { machine: next, cited: judgedAs(cited, verdict.quality, reasons) };
}

const NONE: readonly AcceptedValue[] = [];

/** Last accepted values of the other sensors of the measure. */
function othersIn(machine: CheckMachine, sensor: string): readonly AcceptedValue[] {
  let others: AcceptedValue[] | undefined;
  for (const name of Object.keys(machine)) {
    if (name === sensor) continue;
    const { heldT, heldX, unit } = machine[name]!;
    if (unit === undefined) (others ??= []).push({ t: heldT, x: heldX });
  }
  return others ?? NONE;
}

function kept(machine: CheckMachine | null, sensor: string, state: VitalState): CheckMachine {
  if (machine === null) return { [sensor]: state };
  const all = { ...machine, [sensor]: state };
  const sensors = Object.keys(all);
  if (sensors.length <= SENSORS_KEPT) return all;
  const oldest = sensors.reduce((a, b) => (all[b]!.t < all[a]!.t ? b : a));
  const { [oldest]: _, ...rest } = all;
  return rest;
}
