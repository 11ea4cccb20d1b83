/** FHIR ids, also of patients that no search finds (any more). */
const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** The FHIR id of the patient whom somebody meant who typed this, given whom the search found; undefined: it could be several, or nobody. */
export function patientMeant(typed: string, found: readonly { readonly patient: string }[]): string | undefined {
  if (found.some(({ patient }) => patient === typed)) return typed;
  if (found.length === 1) return found[0]?.patient;
  return found.length === 0 && FHIR_ID.test(typed) ? typed : undefined;
}
