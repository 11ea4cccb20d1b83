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
 * Monitoring with the note that the patient was discharged: a stay has ended, and no other goes on. Being admitted ends it. What was sent long after, such
 * as the stays of earlier years, changes nothing.
 *
 * @param current the twin's facts with the news
 */
export function withStays(
  monitoring: MonitoringState | undefined,
  current: TwinState['facts'],
  { before, facts, now }: News,
): MonitoringState | undefined {
  const { dischargedSince, ...rest } = monitoring ?? {};
  if (Object.values(current).some(isActiveStay)) return dischargedSince === undefined ? monitoring : rest;
  const isDischarge = facts.some((fact) => {
    if (fact.fact !== 'encounter' || fact.withdrawn === true || fact.content['status'] !== 'finished') return false;
    const known = before.get(fact.reference);
    if (known !== undefined && known.version >= fact.version) return false;
    if (known !== undefined && isActiveStay(known)) return true;
    return isStay(fact.content) && fact.to !== undefined && fact.to > now - RECENT && fact.to <= now + RECENT;
  });
  return isDischarge ? { ...rest, dischargedSince: now } : monitoring;
}

function isStay(content: FactState['content']): boolean {
  return STAY.has(String(content['class']));
}
