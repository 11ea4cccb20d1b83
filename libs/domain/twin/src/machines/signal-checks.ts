import { measureByNumber } from '#libs/domain/quantities';
import {
  checkVital,
  VITAL_SPECS,
  type AcceptedValue,
  type VitalSpec,
  type VitalState,
} from '#libs/domain/signal-quality';
import type { Sample } from '../rules/judged-sample.js';
import { judgedAs } from '../ingest/sample.js';
import type { CheckMachine } from '../state/machine-state.js';
import type { Cited } from '../state/cited.js';

/** Maximum number of sources tracked per measure; the one silent for longest is dropped first. */
const SOURCES_KEPT = 4;

function specOf(code: number): VitalSpec | undefined {
  const measure = measureByNumber(code);
  return measure === undefined ? undefined : VITAL_SPECS[measure.name];
}

/** Whether values of this measure (catalogue number) are checked against their neighbours. */
export function isChecked(code: number): boolean {
  return specOf(code) !== undefined;
}

/** One value on: the value with the quality that its source's earlier values give it, and what is remembered of them. */
export function check(
  machine: CheckMachine | null,
  sample: Sample,
): { readonly machine: CheckMachine | null; readonly cited: Cited } {
  const { cited } = sample;
  const { t, x, quality, source, code } = cited;
  const spec = specOf(code);
  if (spec === undefined) return { machine, cited };
  const before = machine !== null && Object.hasOwn(machine, source) ? machine[source]! : null;
  const verdict = checkVital(spec, before, { t, x, quality }, machine === null ? NONE : othersIn(machine, source));
  // Without a state only where there was none before.
  const next = verdict.state === before ? machine : kept(machine, source, verdict.state!);
  const found = verdict.reasons.filter((reason) => reason !== 'sent-as-doubtful' && reason !== 'sent-as-bad');
  if (found.length === 0) return { machine: next, cited };
  const reasons = [...(cited.reasons ?? []), ...found];
  return { machine: next, cited: judgedAs(cited, verdict.quality, reasons) };
}

const NONE: readonly AcceptedValue[] = [];

/** Last accepted values of the other sources of the measure. */
function othersIn(machine: CheckMachine, source: string): readonly AcceptedValue[] {
  let others: AcceptedValue[] | undefined;
  for (const name of Object.keys(machine)) {
    if (name === source) continue;
    const { heldT, heldX, unit } = machine[name]!;
    if (unit === undefined) (others ??= []).push({ t: heldT, x: heldX });
  }
  return others ?? NONE;
}

function kept(machine: CheckMachine | null, source: string, state: VitalState): CheckMachine {
  if (machine === null) return { [source]: state };
  const all = { ...machine, [source]: state };
  const sources = Object.keys(all);
  if (sources.length <= SOURCES_KEPT) return all;
  const oldest = sources.reduce((a, b) => (all[b]!.t < all[a]!.t ? b : a));
  const { [oldest]: _, ...rest } = all;
  return rest;
}
