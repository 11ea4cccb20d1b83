import type { Catalogue } from '../rules/catalogue.js';
import type { TwinState } from '../state/state.js';
import { withKnownMemories } from './memory-versions.js';
import { decodeTwin, type StoredState } from './twin-codec.js';
import { isTwinShaped } from './twin-shape.js';
import { TWIN_VERSION } from './twin-version.js';
import { UPCASTERS } from './upcasters.js';
import type { OldTwin } from './old-twin.js';

/**
 * Why a stored twin cannot be read. `not-json`: truncated or no JSON. `malformed`: no twin, or parts of one are missing. `of-another-twin`:
 * another tenant's, patient's or version's than its row says. `newer-version`, `older-version`: this software does not read that version.
 */
export type UnreadableReason = 'not-json' | 'malformed' | 'of-another-twin' | 'newer-version' | 'older-version';

/** What a stored snapshot turned out to be. */
export type StoredTwin =
  | { readonly kind: 'twin'; readonly state: TwinState }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/** Whose snapshot it must be: what its row says. */
export interface TwinRowHead {
  readonly tenant: number;
  readonly patient: string;
  readonly version: number;
}

/**
 * Reads the JSON of a stored twin: of this version as it is, of earlier ones through the upcasters; cited
 * measurements get names (`twin-codec.ts`). The memory of a detector that the
 * catalogue does not know begins anew, and the detector says so (`warmingUp`). Anything doubtful is unreadable as a whole: a twin that is
 * misread judges wrongly without a sign. Never throws.
 */
export function readTwin(catalogue: Catalogue, json: string, row?: TwinRowHead): StoredTwin {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return unreadable('not-json');
  }
  if (typeof value !== 'object' || value === null || !('v' in value) || !Number.isInteger(value.v))
    return unreadable('malformed');
  const version = value.v as number;
  if (version > TWIN_VERSION) return unreadable('newer-version');
  if (version !== TWIN_VERSION && UPCASTERS[version] === undefined) return unreadable('older-version');
  if (!isTwinShaped(value)) return unreadable('malformed');
  let twin = value as OldTwin;
  if (row !== undefined && (twin.tenant !== row.tenant || twin.patient !== row.patient || twin.version !== row.version))
    return unreadable('of-another-twin');
  try {
    while (twin.v < TWIN_VERSION) {
      const upcast = UPCASTERS[twin.v];
      if (upcast === undefined) return unreadable('older-version');
      twin = upcast(twin, catalogue);
    }
    return { kind: 'twin', state: decodeTwin(catalogue, withKnownMemories(twin as StoredState, catalogue.memories)) };
  } catch {
    return unreadable('malformed');
  }
}

function unreadable(reason: UnreadableReason): StoredTwin {
  return { kind: 'unreadable', reason };
}
