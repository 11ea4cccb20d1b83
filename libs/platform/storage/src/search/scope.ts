import type { Visible } from '#libs/fhir-rest';
import type { Place } from '../search-index/hash-keys.js';
import { containedTypeCode, typeCode } from '../search-index/search-scheme.js';
import type { Parameters } from './statement.js';

/** Rows of fhir_search under a name, of one tenant and type, that conditions are about. */
export interface Scope extends Place {
  readonly alias: string;
  readonly parameters: Parameters;
  /** What the caller may find of each type. */
  readonly visible: Visible;
  /** Of resources that are contained in others, where a chain looks into them; else of those that stand by themselves. */
  readonly contained?: true;
}

/** The number under which its rows stand. */
export function rowsCode({ type, contained }: Pick<Scope, 'type' | 'contained'>): number {
  return contained === true ? containedTypeCode(type) : typeCode(type);
}

export const ALL_VISIBLE: Visible = () => [[]];
