import type { Visible } from '#libs/fhir-rest';
import type { Place } from '../search-index/hash-keys.js';
import type { Parameters } from './statement.js';

/** Rows of fhir_search under a name, of one tenant and type, that conditions are about. */
export interface Scope extends Place {
  readonly alias: string;
  readonly parameters: Parameters;
  /** What the caller may find of each type. */
  readonly visible: Visible;
}

export const ALL_VISIBLE: Visible = () => [[]];
