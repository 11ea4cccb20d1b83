import { objectOf, textOf, textsOf } from './element.js';
import type { Convert } from './value-collector.js';

const plain: Convert = (collector, parameter, value) => collector.string(parameter, textOf(value) ?? '');
const WORD_BREAK = /[\s-](?=[^\s-])/gu;
const MAX_FAMILY = 200;
const uri: Convert = (collector, parameter, value) => collector.uri(parameter, textOf(value) ?? '');

/**
 * A family name, and it from each of its further words on: `Quinones` finds `Carreno Quinones`, as R4 asks for. The folded text is what
 * is cut, so `:exact` still means the whole.
 */
export const familyName: Convert = (collector, parameter, value) => {
  const family = textOf(value) ?? '';
  collector.string(parameter, family);
  if (family.length > MAX_FAMILY) return;
  for (const { index } of family.matchAll(WORD_BREAK)) collector.string(parameter, family, family.slice(index + 1));
};

/** Each of the texts that the elements of these names hold. */
function textsAt(names: readonly string[]): Convert {
  return (collector, parameter, value) => {
    const object = objectOf(value);
    for (const name of names) for (const text of textsOf(object?.[name])) collector.string(parameter, text);
  };
}

const otherNames = textsAt(['given', 'prefix', 'suffix', 'text']);

/** Elements as strings (R4 search.html#string), by their type. */
export const STRING_VALUES: Readonly<Record<string, Convert>> = {
  string: plain,
  markdown: plain,
  HumanName: (collector, parameter, value) => {
    familyName(collector, parameter, objectOf(value)?.['family'] ?? null);
    otherNames(collector, parameter, value);
  },
  Address: textsAt(['text', 'line', 'city', 'district', 'state', 'country', 'postalCode']),
};

/** A canonical is found with and without the version that it names. */
export const URI_VALUES: Readonly<Record<string, Convert>> = {
  uri,
  url: uri,
  oid: uri,
  uuid: uri,
  canonical: (collector, parameter, value) => {
    for (const url of canonicalForms(textOf(value) ?? '')) collector.uri(parameter, url);
  },
};

export function canonicalForms(url: string): readonly string[] {
  const bar = url.indexOf('|');
  return bar < 0 ? [url] : [url, url.slice(0, bar)];
}
