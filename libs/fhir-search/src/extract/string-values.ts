import { objectOf, textOf, textsOf } from './element.js';
import type { Convert } from './value-collector.js';

const plain: Convert = (collector, parameter, value) => collector.string(parameter, textOf(value) ?? '');
const uri: Convert = (collector, parameter, value) => collector.uri(parameter, textOf(value) ?? '');

/** Each of the texts that the elements of these names hold. */
function textsAt(names: readonly string[]): Convert {
  return (collector, parameter, value) => {
    const object = objectOf(value);
    for (const name of names) for (const text of textsOf(object?.[name])) collector.string(parameter, text);
  };
}

/** Elements as strings (R4 search.html#string), by their type. */
export const STRING_VALUES: Readonly<Record<string, Convert>> = {
  string: plain,
  markdown: plain,
  HumanName: textsAt(['family', 'given', 'prefix', 'suffix', 'text']),
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
