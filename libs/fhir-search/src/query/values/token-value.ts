import { indexKey } from '../../values/index-key.js';
import { splitAt, unescape } from './escapes.js';
import type { TokenValue } from '../search-query.js';
import { refuseValue } from '../search-refusal.js';

/** What a token parameter leads to, as far as it decides what a value may be. */
export interface TokenElements {
  readonly types: ReadonlySet<string>;
  /** Systems that the binding of code elements implies. */
  readonly systems: readonly string[];
}

const BOOLEANS = ['http://hl7.org/fhir/special-values', 'http://terminology.hl7.org/CodeSystem/special-values'];

/** `code`, `system|code`, `|code` (no system) or `system|` (any code of it). */
export function tokenValue(text: string, { types, systems }: TokenElements): TokenValue {
  const pieces = splitAt(text, '|').map(unescape);
  const [first = '', second] = pieces;
  if (pieces.length > 2) refuseValue('the value has more than one |; a token is code, system|code, |code or system|');
  if (first === '' && (second ?? '') === '')
    refuseValue('the value is empty; a token is code, system|code, |code or system|');
  const code = second === undefined ? first : second === '' ? undefined : second;
  const only = types.size === 1 ? [...types][0] : undefined;
  if (only === 'boolean' && code !== 'true' && code !== 'false') refuseValue('the value must be true or false');
  // Elements of type code and boolean stand in the index without a system; the one that their binding implies is taken as said.
  const implied = only === 'boolean' ? BOOLEANS : only === 'code' ? systems : [];
  const system = second === undefined || implied.includes(first) ? undefined : first;
  return {
    ...(system === undefined ? {} : { system: indexKey(system) }),
    // Of texts the case does not count.
    ...(code === undefined ? {} : { code: indexKey(only === 'string' ? code.toLowerCase() : code) }),
  };
}
