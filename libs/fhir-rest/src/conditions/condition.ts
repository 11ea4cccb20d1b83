import type { SearchQuery } from '#libs/fhir-search';

/** Which resource a conditional interaction or reference means: the one of the type for which the query holds. */
export interface Condition {
  readonly type: string;
  readonly query: Pick<SearchQuery, 'type' | 'conditions'>;
  /** Equal for conditions that mean the same: `Patient?…`. */
  readonly key: string;
  /** FHIRPath of the condition in the request, for errors. */
  readonly at: string;
}
