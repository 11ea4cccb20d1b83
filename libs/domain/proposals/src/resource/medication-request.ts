import type { Suggestion } from '../propose.js';

/** Who and when, for the draft. */
export interface DraftOf {
  readonly id: string;
  readonly patient: string;
  readonly kind: 'insulin-bolus' | 'carbohydrate-intake';
  /** ms */
  readonly issuedAt: number;
  readonly suggestion: Pick<Suggestion, 'status' | 'value' | 'unit' | 'reasons' | 'expiresAt'>;
}

const MEDICATION = {
  'insulin-bolus': {
    coding: [
      {
        system: 'http://www.whocc.no/atc',
        code: 'A10AB',
        display: 'Insulins and analogues for injection, fast-acting',
      },
    ],
    text: 'Fast-acting insulin',
  },
  'carbohydrate-intake': {
    coding: [{ system: 'http://www.whocc.no/atc', code: 'V06DC01', display: 'glucose' }],
    text: 'Carbohydrate by mouth',
  },
} as const;

/**
 * A FHIR R4 MedicationRequest with intent `proposal` and status `draft`: it orders nothing, and this software never writes another intent. Without a
 * suggestion it says `doNotPerform`.
 */
export function medicationRequestOf({ id, patient, kind, issuedAt, suggestion }: DraftOf) {
  const { status, value, unit, reasons, expiresAt } = suggestion;
  const isProposed = status === 'proposed' && value !== undefined && unit !== undefined;
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'draft',
    intent: 'proposal',
    priority: 'routine',
    ...(isProposed ? {} : { doNotPerform: true }),
    medicationCodeableConcept: MEDICATION[kind],
    subject: { reference: `Patient/${patient}` },
    authoredOn: iso(issuedAt),
    ...(isProposed
      ? {
          dosageInstruction: [
            {
              text: `${value} ${unit} once, if a clinician agrees, until ${iso(expiresAt)}`,
              timing: {
                repeat: { boundsPeriod: { start: iso(issuedAt), end: iso(Math.max(issuedAt, expiresAt)) }, count: 1 },
              },
              doseAndRate: [{ doseQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit } }],
            },
          ],
        }
      : {}),
    note: [
      { text: 'Suggestion of research software, not a cleared medical device. Not an order; nothing is given by it.' },
      ...reasons.map((text) => ({ text })),
    ],
  } as const;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
