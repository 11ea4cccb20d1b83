import { uuidOf } from '#libs/domain/quantities';
import type { Identifier } from '../repository/resources.js';

/** Longer identifiers than this (UTF-16 units, system and value) do not fit a row of the index, whatever they hold. */
const MAX_INDEXED = 512;

/**
 * An identifier as the index of identifiers has it: itself, or a digest where it is too long for a row. An identifier may be of any
 * length (FHIR R4 datatypes.html#string allows 1 MB).
 */
export function indexedIdentifier({ system, value }: Identifier): Identifier {
  if (system.length + value.length <= MAX_INDEXED) return { system, value };
  return { system: 'urn:digest', value: uuidOf(`${system.length}:${system}${value}`) };
}

/**
 * The forms in which an identifier may stand in the index: earlier versions of this software wrote long ones as they are, where they
 * happened to fit.
 */
export function indexedForms(identifier: Identifier): readonly Identifier[] {
  const indexed = indexedIdentifier(identifier);
  return indexed.value === identifier.value && indexed.system === identifier.system ? [indexed] : [indexed, identifier];
}
