/** One statement about who has a device. Times in ms since 1970. */
export interface DeviceAssignment {
  /** `version`: the `patient` of successive versions of the Device, one after the other · `statement`: a DeviceUseStatement. */
  readonly kind: 'version' | 'statement';
  /** The resource that says it, for a statement `DeviceUseStatement/<id>`. */
  readonly origin: string;
  /** FHIR id of the Patient. */
  readonly patient: string;
  /** First moment; null: since ever. */
  readonly from: number | null;
  /** First moment after it; null: still. */
  readonly until: number | null;
  /** When this was recorded; null: before such times were kept. */
  readonly recordedAt: number | null;
}

/** `nobody`: a known gap · `unclear`: the statements contradict each other. Neither is measured. */
export type DeviceOwner =
  | { readonly kind: 'patient'; readonly patient: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unclear' };

/** Two uses may share the moment of handing over, at the precision of a second. */
const HANDOVER_MS = 1_000;

/**
 * Whose a value of the device is that holds from `from` to `to` (both included): of the patient who had the device all that time.
 * A value that reaches over a change of patient is `unclear`.
 */
export function ownerDuring(assignments: readonly DeviceAssignment[], from: number, to: number): DeviceOwner {
  const owner = ownerAt(assignments, from);
  if (owner.kind !== 'patient') return owner;
  const borders = assignments.flatMap((one) => [one.from, one.until]);
  for (const border of borders) {
    if (border === null || border <= from || border > to) continue;
    const then = ownerAt(assignments, border);
    if (then.kind !== 'patient' || then.patient !== owner.patient) return { kind: 'unclear' };
  }
  return owner;
}

/**
 * Who had the device at a moment (docs/adr/0016):
 * 1. a statement with an end, because it says both when it began and when it was over;
 * 2. else the statement without end that began last, or the version of the Device: whichever was recorded later;
 * 3. before everything that is known, the patient who is known first; in a gap nobody.
 */
function ownerAt(assignments: readonly DeviceAssignment[], at: number): DeviceOwner {
  const holding = assignments.filter((one) => (one.from ?? -Infinity) <= at && at < (one.until ?? Infinity));
  const closed = holding.filter((one) => one.kind === 'statement' && one.until !== null);
  if (closed.length > 0) return onePatient(closed.filter((one) => !handedOver(one, closed, at)));
  const open = latest(
    holding.filter((one) => one.kind === 'statement'),
    (one) => one.from,
  );
  const versions = holding.filter((one) => one.kind === 'version');
  if (open.length > 0 || versions.length > 0) return onePatient(latest([...open, ...versions], recordedAt));
  const first = Math.min(...assignments.map((one) => one.from ?? -Infinity));
  return at < first ? onePatient(assignments.filter((one) => one.from === first)) : { kind: 'nobody' };
}

/** True in the last second of a use when another one has begun since. */
function handedOver(one: DeviceAssignment, others: readonly DeviceAssignment[], at: number): boolean {
  const ends = (one.until ?? Infinity) - at <= HANDOVER_MS;
  return ends && others.some((other) => (other.from ?? -Infinity) > (one.from ?? -Infinity));
}

function recordedAt(one: DeviceAssignment): number | null {
  return one.recordedAt;
}

/** All that share the greatest time. */
function latest(
  assignments: readonly DeviceAssignment[],
  timeOf: (one: DeviceAssignment) => number | null,
): readonly DeviceAssignment[] {
  const times = assignments.map((one) => timeOf(one) ?? -Infinity);
  const greatest = Math.max(...times);
  return assignments.filter((_, at) => times[at] === greatest);
}

function onePatient(assignments: readonly DeviceAssignment[]): DeviceOwner {
  const patients = new Set(assignments.map((one) => one.patient));
  const [patient] = patients;
  if (patient === undefined) return { kind: 'nobody' };
  return patients.size === 1 ? { kind: 'patient', patient } : { kind: 'unclear' };
}
