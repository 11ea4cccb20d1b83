import type { PoolClient } from 'pg';
import { SYSTEM_TWIN, type Alert, type Evidence } from '#libs/contracts';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { measureByName } from '#libs/domain/quantities';
import { FHIR_SOURCE } from '#libs/domain/twin';
import {
  alertResources,
  identityOfEvidence,
  nextVersions,
  observationIdOf,
  sequenceOf,
  type CurrentResource,
  type ResourceChange,
} from '#libs/fhir-rest';
import { FhirTransaction, findEvidence, type WantedEvidence } from '#libs/platform/storage';

/** An alert as a transition left it. */
export interface AlertTransition {
  readonly tenant: number;
  /** With the sequence of the transition. */
  readonly alert: Alert;
  /** When the transition happened, ms since 1970. */
  readonly at: number;
}

/** How many versions were written of each type. */
export type Written = ReadonlyMap<string, number>;

const TYPES = ['DetectedIssue', 'Flag', 'Provenance'] as const;

/**
 * Writes the resources of alerts in the caller's transaction, by the same way as the writes of clients, a version for each transition.
 * Of transitions that are stored already, or are older than what is stored, nothing comes: whoever brings them again, and in whatever
 * order, changes nothing. Nothing is appended to the log.
 *
 * @param transitions those of one alert in the order in which they happened
 * @param now ms since 1970
 */
export async function writeAlerts(
  client: PoolClient,
  transitions: readonly AlertTransition[],
  now: number,
): Promise<Written> {
  const written = new Map<string, number>();
  const observations = await observationsOf(client, transitions);
  // In one order whoever writes: requests that lock the same rows never wait for each other in a circle.
  const tenants = [...new Set(transitions.map(({ tenant }) => tenant))].toSorted((a, b) => a - b);
  for (const tenant of tenants) {
    const own = transitions.filter((one) => one.tenant === tenant);
    const lock = [...new Set(own.map(({ alert }) => alert.id))].flatMap((id) => TYPES.map((type) => ({ type, id })));
    const store = new FhirTransaction(client);
    const { resources } = await store.look(tenant, { lock, read: [], patients: [], devices: [] });
    const current = new Map(resources);
    const changes = own.flatMap((one) => changesOf(one, current, observations, now));
    await store.write(tenant, changes);
    for (const { type } of changes) written.set(type, (written.get(type) ?? 0) + 1);
  }
  return written;
}

/** The versions that one transition makes; `current` is what is stored then. */
function changesOf(
  { tenant, alert, at }: AlertTransition,
  current: Map<string, CurrentResource>,
  observations: ReadonlyMap<string, string>,
  now: number,
): readonly ResourceChange[] {
  if (alert.sequence <= storedSequence(current.get(`DetectedIssue/${alert.id}`))) return [];
  const ofPatient = alert.patient !== SYSTEM_TWIN;
  const patient = ofPatient ? alert.patient : null;
  const made = alertResources({ alert, at, ofPatient, observations: ofEvidence(tenant, alert, observations) });
  const changes = nextVersions(
    made.map((resource) => ({ resource, patient })),
    current,
    now,
  );
  for (const change of changes) current.set(`${change.type}/${change.id}`, change);
  return changes;
}

function storedSequence(issue: CurrentResource | undefined): number {
  if (issue === undefined || issue.deleted) return 0;
  const parsed = parseJson(issue.content);
  return parsed.ok ? sequenceOf(parsed.value as JsonObject) : 0;
}

/**
 * Ids of the Observations of evidence that came by the wearable gateway, by {@link placeOf}; of evidence that came as FHIR only the
 * identity is known.
 */
async function observationsOf(
  client: PoolClient,
  transitions: readonly AlertTransition[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, WantedEvidence>();
  for (const { tenant, alert } of transitions)
    for (const one of alert.evidence) {
      const evidence = wantedOf(tenant, alert.patient, one);
      if (evidence !== undefined) wanted.set(placeOf(tenant, alert, one), evidence);
    }
  const asked = [...wanted];
  const found = await findEvidence(
    client,
    asked.map(([, evidence]) => evidence),
  );
  return new Map(
    asked.flatMap(([place, evidence], index) => {
      const row = found[index];
      return row === undefined ? [] : [[place, observationIdOf({ ...evidence, ...row })] as const];
    }),
  );
}

/** By the id of the evidence, for one alert. */
function ofEvidence(tenant: number, alert: Alert, all: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    alert.evidence.flatMap((one) => {
      const id = all.get(placeOf(tenant, alert, one));
      return id === undefined ? [] : [[one.id, id] as const];
    }),
  );
}

/** Identities are unique within a patient only. */
function placeOf(tenant: number, { patient }: Alert, { id }: Evidence): string {
  return `${tenant}/${patient}/${id}`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function wantedOf(tenant: number, patient: string, one: Evidence): WantedEvidence | undefined {
  const code = measureByName(one.code)?.number;
  const identity = identityOfEvidence(one.id);
  if (one.source === FHIR_SOURCE || code === undefined || !UUID.test(identity)) return undefined;
  return { tenant, patient, code, effectiveAt: Date.parse(one.effectiveAt), identity };
}
