import type { Alert, Evidence } from '#libs/contracts';
import type { JsonObject } from '#libs/domain/fhir';
import { measureByName } from '#libs/domain/quantities';
import { conceptOf } from './measurement-observation.js';
import { EXTENSIONS, named, SOFTWARE, standardCoding, SYSTEMS } from './terms.js';

/** The alert as a transition left it. */
export interface AlertState {
  readonly alert: Alert;
  /** When the transition happened, ms since 1970. */
  readonly at: number;
  /** False for an alert of the monitoring as a whole, which no Patient has. */
  readonly ofPatient: boolean;
  /** Ids of the Observations of evidence that came by the wearable gateway, by the evidence's id. */
  readonly observations: ReadonlyMap<string, string>;
}

const CLOSED: ReadonlySet<Alert['status']> = new Set(['resolved', 'retrospective', 'retracted']);
const SEVERITY = { high: 'high', medium: 'moderate', low: 'low' } as const;

/** The alert of a DetectedIssue, a Flag and their Provenance: all have its id. Without `meta`. */
export function alertResources(state: AlertState): readonly [JsonObject, JsonObject, JsonObject] {
  return [detectedIssue(state), flag(state), provenance(state)];
}

/** The sequence that a DetectedIssue of {@link alertResources} was made from. @returns 0 for any other */
export function sequenceOf(issue: JsonObject): number {
  const extensions = issue['extension'];
  if (!Array.isArray(extensions)) return 0;
  const found = (extensions as readonly JsonObject[]).find(({ url }) => url === EXTENSIONS.sequence);
  const value = found?.['valueInteger'];
  return typeof value === 'number' ? value : 0;
}

function detectedIssue({ alert, at, ofPatient, observations }: AlertState): JsonObject {
  const evidence = alert.evidence.map((one) => evidenceOf(one, observations));
  const mitigation = mitigationOf(alert, at);
  return {
    resourceType: 'DetectedIssue',
    id: alert.id,
    extension: [
      { url: EXTENSIONS.sequence, valueInteger: alert.sequence },
      { url: EXTENSIONS.status, valueCode: alert.status },
    ],
    identifier: [identifierOf(alert)],
    status: alert.status === 'retracted' ? 'entered-in-error' : 'final',
    code: ruleOf(alert, alert.rule.title),
    severity: SEVERITY[alert.severity],
    ...(ofPatient ? { patient: patientOf(alert) } : {}),
    identifiedDateTime: alert.effectiveAt,
    author: SOFTWARE,
    ...(evidence.length === 0 ? {} : { evidence }),
    detail: alert.summary,
    ...(mitigation === undefined ? {} : { mitigation: [mitigation] }),
  };
}

function flag({ alert, at, ofPatient }: AlertState): JsonObject {
  const closed = CLOSED.has(alert.status);
  return {
    resourceType: 'Flag',
    id: alert.id,
    extension: [{ url: EXTENSIONS.flagDetail, valueReference: { reference: `DetectedIssue/${alert.id}` } }],
    identifier: [identifierOf(alert)],
    status: closed ? 'inactive' : 'active',
    category: [categoryOf(alert)],
    code: ruleOf(alert, alert.summary),
    subject: ofPatient ? patientOf(alert) : { display: 'The monitoring as a whole' },
    period: { start: alert.effectiveAt, ...(closed ? { end: endOf(alert, at) } : {}) },
    author: SOFTWARE,
  };
}

/** One for both: what made them as they stand, by which version of the rule, and who acted. */
function provenance({ alert, at }: AlertState): JsonObject {
  const { id, version, title } = alert.rule;
  const person = alert.onBehalfOf ?? alert.acknowledgedBy;
  return {
    resourceType: 'Provenance',
    id: alert.id,
    target: [{ reference: `DetectedIssue/${alert.id}` }, { reference: `Flag/${alert.id}` }],
    occurredDateTime: alert.effectiveAt,
    recorded: new Date(at).toISOString(),
    activity: { coding: [{ system: SYSTEMS.transition, code: alert.transition }] },
    agent: [
      {
        type: { coding: [standardCoding('provenance-participant-type', 'assembler', 'Assembler')] },
        who: named('Device', SYSTEMS.rule, `${id}|${version}`, `Homeostat, rule ${title} ${version}`),
      },
      ...(person === undefined
        ? []
        : [
            {
              type: { coding: [standardCoding('provenance-participant-type', 'verifier', 'Verifier')] },
              who: personOf(person),
            },
          ]),
    ],
  };
}

/** What the DetectedIssue says of a person's act that stands. */
function mitigationOf(alert: Alert, at: number): JsonObject | undefined {
  const { acknowledgedBy, note } = alert;
  if (acknowledgedBy === undefined) return undefined;
  // The act itself gives the time; later transitions do not know it any more.
  const isAct = alert.transition === 'acknowledged' || alert.transition === 'snoozed';
  const coding = [{ system: SYSTEMS.transition, code: 'acknowledged', display: 'Acknowledged' }];
  const person = personOf(acknowledgedBy);
  return {
    action: { coding, ...(note === undefined ? {} : { text: note }) },
    ...(isAct ? { date: new Date(at).toISOString() } : {}),
    // The element takes practitioners only; others are named.
    author: isPractitioner(acknowledgedBy) ? person : { display: acknowledgedBy },
  };
}

function evidenceOf(one: Evidence, observations: AlertState['observations']): JsonObject {
  const { id, code, value, comparator = '', unit, effectiveAt, source } = one;
  const measure = measureByName(code);
  const observation = observations.get(id);
  return {
    code: [measure === undefined ? { text: code } : conceptOf(measure.number)],
    detail: [
      {
        ...(observation === undefined ? {} : { reference: `Observation/${observation}` }),
        ...named(
          'Observation',
          SYSTEMS.measurement,
          identityOfEvidence(id),
          `${measure?.title ?? code} ${comparator}${value} ${unit} at ${effectiveAt}, ${source}`,
        ),
      },
    ],
  };
}

/** The identity of the measurement: its id without the version (`{identity}.{version}` from the second on). */
export function identityOfEvidence(id: string): string {
  return id.split('.', 1)[0] ?? id;
}

export function identifierOf({ id }: Pick<Alert, 'id'>): JsonObject {
  return { system: SYSTEMS.alert, value: id };
}

export function ruleOf({ rule }: Pick<Alert, 'rule'>, text: string): JsonObject {
  return { coding: [{ system: SYSTEMS.rule, version: rule.version, code: rule.id, display: rule.title }], text };
}

export function patientOf({ patient }: Pick<Alert, 'patient'>): JsonObject {
  return { reference: `Patient/${patient}` };
}

function categoryOf({ category }: Pick<Alert, 'category'>): JsonObject {
  const own = { system: SYSTEMS.alertCategory, code: category };
  const standard = category === 'physiological' ? [standardCoding('flag-category', 'clinical', 'Clinical')] : [];
  return { coding: [...standard, own] };
}

function endOf(alert: Alert, at: number): string {
  const end = alert.resolvedAt ?? new Date(at).toISOString();
  return end < alert.effectiveAt ? alert.effectiveAt : end;
}

function personOf(reference: string): JsonObject {
  return /(^|\/)[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(reference) ? { reference } : { display: reference };
}

function isPractitioner(reference: string): boolean {
  return /(^|\/)(Practitioner|PractitionerRole)\/[^/]+$/.test(reference);
}
