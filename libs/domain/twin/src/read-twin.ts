import type { TwinState } from './state.js';
import { withoutAhead } from './upcast-ahead.js';

/**
 * Version of {@link TwinState} as it is stored. Raised whenever its shape or the meaning of a memory in it changes: a detector that
 * goes on with another detector's memory would be wrong without a sign.
 */
export const TWIN_VERSION = 2;

/** What a stored snapshot turned out to be. `broken`: no JSON, or no object with a version. */
export type StoredTwin =
  | { readonly kind: 'twin'; readonly state: TwinState }
  | { readonly kind: 'other-version'; readonly version: number }
  | { readonly kind: 'broken' };

/** Reads the JSON of a stored twin. Of the version it wrote the core trusts every field; of any other it reads none. */
export function readTwin(json: string): StoredTwin {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { kind: 'broken' };
  }
  if (typeof value !== 'object' || value === null || !('v' in value) || typeof value.v !== 'number')
    return { kind: 'broken' };
  if (value.v !== TWIN_VERSION) return { kind: 'other-version', version: value.v };
  return { kind: 'twin', state: withoutAhead(value as TwinState) };
}
