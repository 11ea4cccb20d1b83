/** What the id of the resource of a forecast says: one resource for each patient, measure and model, with a version for each forecast. */
export interface ForecastKey {
  /** Key of the twin, a whole number in text. */
  readonly twin: string;
  /** Catalogue number. */
  readonly code: number;
  readonly model: string;
}

const FORM = /^fc-([1-9a-z][0-9a-z]{0,12})-([1-9a-z][0-9a-z]{0,3})-([a-z][a-z0-9-]{0,39})$/;
const TYPES: ReadonlySet<string> = new Set(['RiskAssessment', 'Provenance']);
const MAX_BIGINT = 2n ** 63n - 1n;
const MAX_SMALLINT = 2 ** 15 - 1;

/** The id of the RiskAssessment, and of its Provenance: `[A-Za-z0-9\-.]{1,64}`. */
export function forecastIdOf({ twin, code, model }: ForecastKey): string {
  return `fc-${BigInt(twin).toString(36)}-${code.toString(36)}-${model}`;
}

/** The key in the id of such a resource. @returns undefined for the id of any other */
export function forecastKeyOf(id: string): ForecastKey | undefined {
  const [, digits = '', code = '', model = ''] = FORM.exec(id) ?? [];
  if (model === '') return undefined;
  let twin = 0n;
  for (const digit of digits) twin = twin * 36n + BigInt(Number.parseInt(digit, 36));
  const number = Number.parseInt(code, 36);
  return twin > MAX_BIGINT || number > MAX_SMALLINT ? undefined : { twin: twin.toString(), code: number, model };
}

/** Whether ids of this form are kept for forecasts: no client may make such a resource. */
export function isForecastId(type: string, id: string): boolean {
  return TYPES.has(type) && FORM.test(id);
}
