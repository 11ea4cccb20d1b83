import { parseSearch, type ParsedSearch, type SearchOptions } from './parse-search.js';
import type { Condition, SearchQuery } from './search-query.js';

export const options: SearchOptions = {
  handling: 'strict',
  maxCount: 1000,
  defaultCount: 50,
  ownBases: ['https://us.example/fhir/r4'],
  now: Date.UTC(2026, 0, 1),
};

/** `Type?name=value&…`, not encoded. */
export function parse(search: string, more: Partial<SearchOptions> = {}): ParsedSearch {
  const [type = '', text = ''] = search.split(/\?(.*)/s);
  const parameters =
    text === ''
      ? []
      : text.split('&').map((one) => {
          const at = one.indexOf('=');
          return { name: one.slice(0, at), value: one.slice(at + 1) };
        });
  return parseSearch(type, parameters, { ...options, ...more });
}

export function query(search: string, more?: Partial<SearchOptions>): SearchQuery {
  const parsed = parse(search, more);
  if (parsed.kind !== 'ok') throw new Error(parsed.issues[0]?.diagnostics);
  return parsed.query;
}

export function condition(search: string): Condition | undefined {
  return query(search).conditions[0];
}
