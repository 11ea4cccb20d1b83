import type { Catalogue } from '../rules/catalogue.js';
import { decodeCited, encodeCited, type Cited, type StoredCited } from '../state/cited.js';
import type { TwinState } from '../state/state.js';
import { mapTwin, type Citing, type Form, type MemoryForm } from './cited-parts.js';

/** A twin as it is stored: cited measurements have fixed places in place of names. */
export type StoredState = Citing<StoredCited, TwinState>;

/** The JSON of a twin as it is stored; `readTwin` reads it. The same twin gives the same bytes. */
export function writeTwin(catalogue: Catalogue, state: TwinState): string {
  return JSON.stringify(mapTwin<Cited, StoredCited>(state, encodeCited, memoriesOf(catalogue, encodeCited)));
}

/** @throws Error when a cited measurement in it is none */
export function decodeTwin(catalogue: Catalogue, stored: StoredState): TwinState {
  return mapTwin<StoredCited, Cited>(stored, decodeChecked, memoriesOf(catalogue, decodeChecked));
}

/** Memories of detectors that the catalogue does not know stay as they are stored. */
function memoriesOf<A, B>({ detectorById }: Catalogue, form: Form<A, B>): MemoryForm {
  return (id, memory) => detectorById(id)?.mapCited?.(memory, form) ?? memory;
}

function decodeChecked(stored: StoredCited): Cited {
  if (!isStoredCited(stored)) throw new Error('not a cited measurement');
  return decodeCited(stored);
}

export function isStoredCited(value: unknown): value is StoredCited {
  return (
    Array.isArray(value) &&
    value.length >= 7 &&
    typeof value[0] === 'string' &&
    [1, 2, 3].every((i) => Number.isFinite(value[i]))
  );
}
