import type { Catalogue } from '../../rules/catalogue.js';
import type { DetectorMachine } from '../../state/machine-state.js';
import { decodeCited, encodeCited, type StoredCited } from '../../state/cited.js';
import type { Citing } from '../cited-parts.js';
import type { StoredState } from '../twin-codec.js';

type Old = Omit<StoredState, 'v'>;
type Machine = Citing<StoredCited, DetectorMachine>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * What detectors and derived measures of version 2 remember of measures that were ahead of the log. A fold over such a measure begins anew,
 * because what is true would stand before all that it has seen; a score keeps its inputs, as if they had been measured when they were received.
 *
 * @param ahead catalogue numbers
 */
export function memoriesWithoutAhead<T extends Old>(catalogue: Catalogue, state: T, ahead: ReadonlySet<string>): T {
  const isAhead = (code: number): boolean => ahead.has(String(code));
  const detectors = { ...state.detectors };
  const warmingUp: Record<string, number> = {};
  for (const { id, codes, late } of catalogue.detectors) {
    const kept = detectors[id];
    if (kept === undefined || !codes.some(isAhead)) continue;
    if (late === 'as-it-comes') {
      const now = kept.now === null ? null : withInputs(kept.now, state.heard);
      detectors[id] = { ...kept, now };
      continue;
    }
    detectors[id] = { now: kept.now === null ? null : { ...kept.now, memory: null }, grid: [], machines: [] };
    warmingUp[id] = state.heard;
  }
  const folded = catalogue.derived.flatMap((one) => (one.kind === 'folded' && isAhead(one.code) ? [one.name] : []));
  const derived = Object.fromEntries(Object.entries(state.derived).filter(([name]) => !folded.includes(name)));
  const isCold = Object.keys(warmingUp).length > 0;
  return { ...state, detectors, derived, ...(isCold ? { warmingUp } : undefined) };
}

/** The value with its time of receipt as effective time; `ahead`: how much later its own time is. */
export function judgedAtReceipt(stored: StoredCited, heard: number): StoredCited {
  const cited = decodeCited(stored);
  return cited.t <= heard ? stored : encodeCited({ ...cited, t: heard, ahead: cited.t - heard });
}

function withInputs(machine: Machine, heard: number): Machine {
  const memory = machine.memory as Fields | null;
  if (memory === null) return machine;
  const { inputs, state } = memory;
  return {
    ...machine,
    memory: {
      ...memory,
      ...(isFields(inputs)
        ? { inputs: mapped(inputs, (cited) => judgedAtReceipt(cited as StoredCited, heard)) }
        : undefined),
      // Courses of single measures, as pairs of time and value.
      ...(isFields(state) ? { state: mapped(state, (course) => withoutFuture(course, heard)) } : undefined),
    },
  };
}

function withoutFuture(course: unknown, heard: number): unknown {
  if (!Array.isArray(course)) return course;
  return course.filter((pair: unknown) => !Array.isArray(pair) || !(Number(pair[0]) > heard));
}

function mapped(fields: Fields, of: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, of(value)]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
