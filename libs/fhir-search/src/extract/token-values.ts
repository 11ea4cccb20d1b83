import type { Json, JsonObject } from '#libs/domain/fhir';
import { fold } from '../values/folding.js';
import { ofTypeParameter, typeOfIdentifier } from '../values/of-type.js';
import { objectOf, objectsOf, textOf } from './element.js';
import type { Convert, ValueCollector } from './value-collector.js';

const plain: Convert = (collector, parameter, value) => collector.token(parameter, '', textOf(value) ?? '');

/** Elements as tokens (R4 search.html#token), by their type. */
export const TOKEN_VALUES: Readonly<Record<string, Convert>> = {
  code: plain,
  // R4: "If the underlying data type is string then the search is not case sensitive."
  string: (collector, parameter, value) => collector.token(parameter, '', (textOf(value) ?? '').toLowerCase()),
  id: plain,
  uri: plain,
  url: plain,
  canonical: plain,
  oid: plain,
  uuid: plain,
  markdown: plain,
  boolean: (collector, parameter, value) => {
    if (typeof value === 'boolean') collector.token(parameter, '', String(value));
  },
  ContactPoint: (collector, parameter, value) => plain(collector, parameter, objectOf(value)?.['value'] ?? null),
  Coding: (collector, parameter, value) => coding(collector, parameter, objectOf(value) ?? {}),
  Identifier: (collector, parameter, value) => {
    const identifier = objectOf(value) ?? {};
    const type = objectOf(identifier['type']);
    const code = textOf(identifier['value']);
    if (code === undefined) return;
    collector.token(parameter, textOf(identifier['system']) ?? '', code, textOf(type?.['text']));
    for (const coding of objectsOf(type?.['coding'])) {
      const [system, of] = [textOf(coding['system']), textOf(coding['code'])];
      if (system !== undefined && of !== undefined && code !== '')
        collector.token(ofTypeParameter(parameter), typeOfIdentifier(system, of), code);
    }
  },
  CodeableConcept: concept,
};

function coding(collector: ValueCollector, parameter: string, value: JsonObject): void {
  const text = textOf(value['display']);
  collector.token(parameter, textOf(value['system']) ?? '', textOf(value['code']) ?? '', text);
}

/** Each coding, and the text by itself where no display says the same. */
function concept(collector: ValueCollector, parameter: string, value: Json): void {
  const object = objectOf(value);
  const codings = objectsOf(object?.['coding']);
  for (const one of codings) coding(collector, parameter, one);
  const text = textOf(object?.['text']);
  if (text === undefined) return;
  const displays = codings.map((one) => textOf(one['display']));
  if (displays.includes(text)) return;
  const folded = fold(text);
  if (displays.every((display) => display === undefined || fold(display) !== folded))
    collector.token(parameter, '', '', text);
}
