import { unknownModifier } from '../clinical/modifiers.js';
import type { JsonObject } from '../json/json.js';
import { listAt, momentAt, objectAt, startAt, textAt } from '../json/element.js';

/** By what people know one patient from another. */
export interface PatientLabel {
  readonly name: string | null;
  readonly identifier: { readonly system: string | null; readonly value: string } | null;
}

const NAME_USES = ['official', 'usual', undefined, 'temp', 'nickname', 'anonymous', 'maiden', 'old'];
const IDENTIFIER_USES = ['official', 'usual', undefined, 'secondary', 'temp', 'old'];

/** Name and record number of a Patient: the official or usual name, and the identifier of type MR, where there are several. As sent: may hold markup or marks of direction. */
export function patientLabel(patient: JsonObject): PatientLabel {
  const named = inUse(listAt(patient, 'name'), NAME_USES).map(nameOf);
  const valued = inUse(listAt(patient, 'identifier'), IDENTIFIER_USES).filter((one) => isText(textAt(one, 'value')));
  const identifier = valued.find(isRecordNumber) ?? valued[0];
  return {
    name: named.find((name) => name !== undefined) ?? null,
    identifier:
      identifier === undefined
        ? null
        : { system: textAt(identifier, 'system') ?? null, value: textAt(identifier, 'value')! },
  };
}

/** Those that are used first come first; the order is otherwise kept. */
function inUse(elements: readonly JsonObject[], uses: readonly (string | undefined)[]): readonly JsonObject[] {
  const place = (one: JsonObject): number => {
    const at = uses.indexOf(textAt(one, 'use'));
    return at < 0 ? uses.length : at;
  };
  return [...elements].sort((a, b) => place(a) - place(b));
}

function nameOf(name: JsonObject): string | undefined {
  const text = textAt(name, 'text');
  if (isText(text)) return text.trim();
  const given = name['given'];
  const words = [...(Array.isArray(given) ? given : []), textAt(name, 'family')];
  const said = words.filter((word): word is string => typeof word === 'string' && isText(word));
  return said.length === 0 ? undefined : said.map((word) => word.trim()).join(' ');
}

function isRecordNumber(identifier: JsonObject): boolean {
  return listAt(objectAt(identifier, 'type'), 'coding').some((coding) => textAt(coding, 'code') === 'MR');
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** Where a patient is during an Encounter. */
export interface BedReference {
  /** As sent, such as `Location/17`. */
  readonly reference: string;
  readonly display: string | undefined;
}

/** The newest location of an Encounter that is not over; of several that begin alike, or at no time that is known, the last. */
export function bedOf(encounter: JsonObject): BedReference | undefined {
  let newest: { readonly bed: BedReference; readonly start: number } | undefined;
  for (const one of listAt(encounter, 'location')) {
    const status = textAt(one, 'status');
    const location = objectAt(one, 'location');
    const reference = textAt(location, 'reference');
    if (reference === undefined || unknownModifier(one) !== undefined || (status !== undefined && status !== 'active'))
      continue;
    const period = objectAt(one, 'period');
    if (status === undefined && period?.['end'] !== undefined) continue;
    const start = momentAt(period, 'start') ?? startAt(period, 'start') ?? Number.NEGATIVE_INFINITY;
    if (newest !== undefined && start < newest.start) continue;
    newest = { bed: { reference, display: textAt(location, 'display') }, start };
  }
  return newest?.bed;
}
