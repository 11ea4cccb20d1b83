import { SEVERITIES, standingOf, type Standing, type WardPatient } from './ward-patient.js';

export type Order = 'need' | 'bed' | 'name';
export const ORDERS: readonly Order[] = ['need', 'bed', 'name'];

type Compared = Pick<WardPatient, 'patient' | 'name' | 'bed' | 'news2' | 'asOf' | 'vitals' | 'alerts'>;

/** Bed 2 comes before bed 10. */
const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Patients in an order, those without a bed or name last; of equal ones the order is always the same. @param now of the server, ms */
export function inOrder<P extends Compared>(patients: Iterable<P>, order: Order, now: number): P[] {
  const standings = new Map<P, Standing>();
  for (const patient of patients) standings.set(patient, standingOf(patient, now));
  const rank = (patient: P): number => {
    const { severity } = standings.get(patient)!;
    return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
  };
  const byBed = (a: P, b: P): number =>
    missingLast(a.bed?.name ?? null, b.bed?.name ?? null) || byId(a.patient, b.patient);
  const byNeed = (a: P, b: P): number =>
    rank(a) - rank(b) ||
    (b.news2?.score ?? -1) - (a.news2?.score ?? -1) ||
    Number(standings.get(b)!.isSilent) - Number(standings.get(a)!.isSilent) ||
    byBed(a, b);
  const byName = (a: P, b: P): number => missingLast(a.name, b.name) || byBed(a, b);
  return [...standings.keys()].sort({ need: byNeed, bed: byBed, name: byName }[order]);
}

/** Identifiers differ also where a reader sees none: `a` and `A` are two patients. */
function byId(a: string, b: string): number {
  return natural.compare(a, b) || Number(a > b) - Number(a < b);
}

function missingLast(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return natural.compare(a, b);
}

/** Where a tile that somebody points at, or has the focus in, stands. */
export interface Held {
  readonly patient: string;
  readonly index: number;
}

/** The order with some held where they were, so that nobody opens another patient than the one they aimed at. */
export function withHeld<P extends { readonly patient: string }>(
  ordered: readonly P[],
  held: readonly Held[],
): readonly P[] {
  const places = new Map(held.map(({ patient, index }) => [patient, index]));
  const shown = ordered.filter(({ patient }) => !places.has(patient));
  const there = ordered.filter(({ patient }) => places.has(patient));
  for (const one of there.sort((a, b) => places.get(a.patient)! - places.get(b.patient)!))
    shown.splice(places.get(one.patient)!, 0, one);
  return shown;
}
