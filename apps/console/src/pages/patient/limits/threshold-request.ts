/** A limit as it is in force. */
export interface EditedLimit {
  readonly rule: string;
  /** Its name within the rule. */
  readonly limit: string;
}

/** Limits that somebody set, as `GET …/thresholds` lists them. */
export interface SetThreshold {
  readonly rule: string;
  readonly layer: 'tenant' | 'patient';
  readonly limits: Readonly<Record<string, number>> | null;
  readonly expiresAt?: string | undefined;
}

export interface EditedValues {
  readonly value: number;
  readonly reason: string;
  /** ISO 8601; absent: it does not expire. */
  readonly expiresAt?: string | undefined;
}

export interface ThresholdRequest {
  thresholds: { rule: string; limits: Record<string, number>; reason: string; expiresAt?: string }[];
}

/**
 * The request that sets one limit of a patient. What is set replaces all limits of the rule, so that the others the patient has go along;
 * they get the new reason and expiry. `now`: ms.
 */
export function thresholdRequest(
  { rule, limit }: EditedLimit,
  { value, reason, expiresAt }: EditedValues,
  set: readonly SetThreshold[],
  now: number,
): ThresholdRequest {
  const before = set.find(
    (one) =>
      one.rule === rule && one.layer === 'patient' && (one.expiresAt === undefined || Date.parse(one.expiresAt) > now),
  );
  return {
    thresholds: [
      {
        rule,
        limits: { ...before?.limits, [limit]: value },
        reason,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
    ],
  };
}

/** Fields of the form by the end of the pointer that names them; a limit of any name is the value. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/\/limits(\/|$)/, 'value'],
  [/\/reason$/, 'reason'],
  [/\/(expiresAt|until)$/, 'expires'],
];

/** What the API refused by field of the form (`value`, `reason`, `expires`); what belongs to none is in `rest`. */
export function refusalsByField(errors: readonly { readonly pointer: string; readonly detail: string }[]): {
  readonly fields: Readonly<Record<string, string[]>>;
  readonly rest: readonly string[];
} {
  const fields: Record<string, string[]> = {};
  const rest: string[] = [];
  for (const { pointer, detail } of errors) {
    const name = FIELDS.find(([pattern]) => pattern.test(pointer))?.[1];
    if (name === undefined) rest.push(detail);
    else (fields[name] ??= []).push(detail);
  }
  return { fields, rest };
}
