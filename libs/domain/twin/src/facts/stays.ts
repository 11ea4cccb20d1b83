import type { WireFact } from '#libs/contracts';
import type { FactState, MonitoringState, TwinState } from '../state/state.js';

/**
 * Classes of encounter that keep a person in a hospital's care, whose end is a discharge (HL7 v3 ActEncounterCode): inpatient, acute,
 * non-acute, emergency, observation, short stay. The end of a visit (AMB, HH, VR, FLD) is none.
 */
const STAY = new Set(['IMP', 'ACUTE', 'NONAC', 'EMER', 'OBSENC', 'SS']);
const ACTIVE = new Set(['arrived', 'triaged', 'in-progress', 'onleave']);
/** A stay that was never seen while it lasted is a discharge when it ended this recently, ms; what ended before is history. */
const RECENT = 24 * 3_600_000;

/** Whether a fact is a stay that goes on. */
export function isActiveStay({ kind, content }: FactState): boolean {
  return kind === 'encounter' && isStay(content) && ACTIVE.has(String(content['status']));
}

/** Facts of a record, received at `now` (the log's own time, ms), and those before them by reference. */
interface News {
  readonly before: ReadonlyMap<string, FactState>;
  readonly facts: readonly WireFact[];
  readonly now: number;
}

/**
 * Monitoring with the note that the patient was discharged: a stay has ended, and no other goes on. Being admitted ends it, and so does a correction by
 * which that stay did not end or was another patient's. What was sent long after, such as the stays of earlier years, changes nothing.
 *
 * @param current the twin's facts with the news
 */
export function withStays(
  monitoring: MonitoringState | undefined,
  current: TwinState['facts'],
  { before, facts, now }: News,
): MonitoringState | undefined {
  const { dischargedSince, dischargedBy, ...rest } = monitoring ?? {};
  if (Object.values(current).some(isActiveStay)) return dischargedSince === undefined ? monitoring : rest;
  const told = dischargedSince === undefined ? undefined : dischargedBy;
  const discharge = facts.findLast((fact) => {
    if (!isEnded(fact) || fact.reference === told?.reference) return false;
    const known = before.get(fact.reference);
    if (known !== undefined && known.version >= fact.version) return false;
    if (known !== undefined && isActiveStay(known)) return true;
    return isStay(fact.content) && fact.to !== undefined && fact.to > now - RECENT && fact.to <= now + RECENT;
  });
  if (discharge !== undefined) {
    const { reference, version } = discharge;
    return { ...rest, dischargedSince: now, dischargedBy: { reference, version } };
  }
  if (told === undefined) return monitoring;
  const newer = facts.findLast(({ reference, version }) => reference === told.reference && version > told.version);
  if (newer === undefined) return monitoring;
  if (!isEnded(newer)) return rest;
  // Still over: since when stays, or what a person has switched on since would be off again.
  return { ...monitoring, dischargedBy: { reference: told.reference, version: newer.version } };
}

function isEnded({ fact, withdrawn, content }: WireFact): boolean {
  return fact === 'encounter' && withdrawn !== true && content['status'] === 'finished';
}

function isStay(content: FactState['content']): boolean {
  return STAY.has(String(content['class']));
}
