/** A limit as it was in force when somebody began to change it. */
export interface EditedLimit {
  readonly rule: string;
  /** Its name within the rule. */
  readonly limit: string;
  /** Of what was set of the rule for the patient. */
  readonly version: number;
}

export interface EditedValues {
  readonly value: number;
  readonly reason: string;
  /** ISO 8601; absent: it does not expire. */
  readonly expiresAt?: string | undefined;
}

export interface ThresholdRequest {
  thresholds: { rule: string; limits: Record<string, number>; reason: string; expiresAt?: string; version: number }[];
}

/** The request that sets one limit of a patient and leaves the rule's others as they are; refused when somebody was quicker. */
export function thresholdRequest(
  { rule, limit, version }: EditedLimit,
  { value, reason, expiresAt }: EditedValues,
): ThresholdRequest {
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  return { thresholds: [{ rule, limits: { [limit]: value }, reason, ...expiry, version }] };
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
