import type { WireFact } from '#libs/contracts';
import type { Draft } from '../state/draft.js';
import type { FactState } from '../state/state.js';

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

/**
 * Notes that the patient was discharged: a stay has ended, and no other goes on. Being admitted ends it. What was sent long after, such
 * as the stays of earlier years, changes nothing.
 *
 * @param before the facts before these
 */
export function recordStays(draft: Draft, before: ReadonlyMap<string, FactState>, facts: readonly WireFact[]): void {
  const { dischargedSince, ...rest } = draft.monitoring ?? {};
  if (Object.values(draft.facts).some(isActiveStay)) {
    if (dischargedSince !== undefined) draft.monitoring = rest;
    return;
  }
  const isDischarge = facts.some((fact) => {
    if (fact.fact !== 'encounter' || fact.withdrawn === true || fact.content['status'] !== 'finished') return false;
    const known = before.get(fact.reference);
    if (known !== undefined && known.version >= fact.version) return false;
    if (known !== undefined && isActiveStay(known)) return true;
    return (
      isStay(fact.content) && fact.to !== undefined && fact.to > draft.now - RECENT && fact.to <= draft.now + RECENT
    );
  });
  if (isDischarge) draft.monitoring = { ...rest, dischargedSince: draft.now };
}

function isStay(content: FactState['content']): boolean {
  return STAY.has(String(content['class']));
}
