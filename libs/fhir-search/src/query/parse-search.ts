import type { Issue } from '#libs/domain/fhir';
import { splitAt } from './values/escapes.js';
import { namedConditions } from './parse-chain.js';
import { countOf, elementsOf, includeOf, sortOf, summaryOf, totalOf } from './parse-result.js';
import type { Condition, Include, SearchQuery, SortKey } from './search-query.js';
import { issueOf, refuseUnknown, refuseUnsupported, refuseValue, SearchRefusal } from './search-refusal.js';

export interface SearchParameterValue {
  /** Decoded. */
  readonly name: string;
  readonly value: string;
}

export interface SearchOptions {
  /** `Prefer: handling`: whether a parameter that is not known is refused or left out. */
  readonly handling: 'strict' | 'lenient';
  readonly maxCount: number;
  readonly defaultCount: number;
  /** Addresses of this server. */
  readonly ownBases: readonly string[];
  /** ms since 1970: without it `ap` of a date means the date itself. */
  readonly now?: number;
  /** Where the request does not say `_total`; accurate if absent. */
  readonly defaultTotal?: SearchQuery['total'];
}

export type ParsedSearch =
  /** `ignored`: names of parameters left out. */
  | { readonly kind: 'ok'; readonly query: SearchQuery; readonly ignored: readonly string[] }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] };

export const MAX_PARAMETERS = 100;
export const MAX_VALUES = 1000;
/** The page position of a link `next`. */
export const CURSOR_PARAMETER = '_cursor';
const MAX_INCLUDES = 20;
const MAX_CURSOR = 8000;
/** Say how the answer is written, not what it holds. */
const FORMS = new Set(['_format', '_pretty']);
/** Say which of what is found is shown, and how. */
export const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  ...FORMS,
  '_include',
  '_revinclude',
  '_sort',
  '_elements',
  '_count',
  '_total',
  '_summary',
  '_contained',
  CURSOR_PARAMETER,
]);
// eslint-disable-next-line no-control-regex -- NUL is meant: no store keeps it
const UNSTORABLE = /[\u0000]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

interface Draft {
  readonly conditions: Condition[];
  readonly sort: SortKey[];
  readonly includes: Include[];
  readonly elements: string[];
  count?: number;
  total?: SearchQuery['total'];
  summary?: SearchQuery['summary'];
  cursor?: string;
  /** Alternatives of all conditions so far. */
  values: number;
}

/** Reads a search of one type. A refusal names each parameter that is not right. */
export function parseSearch(
  type: string,
  parameters: readonly SearchParameterValue[],
  options: SearchOptions,
): ParsedSearch {
  if (parameters.length > MAX_PARAMETERS)
    return { kind: 'refused', issues: [issueOf('too-costly', `more than ${MAX_PARAMETERS} parameters are refused`)] };
  const draft: Draft = { conditions: [], sort: [], includes: [], elements: [], values: 0 };
  const ignored: string[] = [];
  const used: SearchParameterValue[] = [];
  const issues: Issue[] = [];
  for (const { name, value } of parameters) {
    if (FORMS.has(name)) continue;
    if (value === '') {
      // R4: "Empty parameters are not an error - they are just ignored by the server."
      ignored.push(name);
      continue;
    }
    try {
      take(type, name, value, draft, options);
      if (name !== CURSOR_PARAMETER) used.push({ name, value });
    } catch (refusal) {
      if (!(refusal instanceof SearchRefusal)) throw refusal;
      if (refusal.isUnknown && options.handling === 'lenient') ignored.push(name);
      else issues.push(issueOf(refusal.code, refusal.why, name));
    }
    if (draft.values > MAX_VALUES) break;
  }
  const { summary = 'false', includes } = draft;
  if (summary === 'text' && includes.length > 0)
    issues.push(
      issueOf('not-supported', '_summary=text does not go together with _include and _revinclude', '_summary'),
    );
  if (issues.length > 0) return { kind: 'refused', issues };
  const { conditions, sort, elements, total = options.defaultTotal ?? 'accurate', cursor } = draft;
  const count = draft.count ?? Math.min(options.defaultCount, options.maxCount);
  const query = { type, conditions, sort, count, total, includes, summary, elements, used };
  return { kind: 'ok', query: cursor === undefined ? query : { ...query, cursor }, ignored };
}

function take(type: string, name: string, value: string, draft: Draft, options: SearchOptions): void {
  if (UNSTORABLE.test(value)) refuseValue('the value has NUL or half a surrogate pair in it');
  if (name.length > 200) refuseUnknown('there is no parameter of such a long name');
  const [result = '', ...rest] = name.split(':');
  const modifier = rest.length === 0 ? undefined : rest.join(':');
  const isInclude = result === '_include' || result === '_revinclude';
  if (modifier !== undefined && !isInclude && RESULT_PARAMETERS.has(result))
    refuseUnsupported(`the parameter takes no modifier${result === '_sort' ? '; descending is written as -date' : ''}`);
  switch (result) {
    case '_include':
    case '_revinclude':
      if (draft.includes.length >= MAX_INCLUDES) refuseValue(`at most ${MAX_INCLUDES} includes are taken`);
      draft.includes.push(includeOf(result === '_revinclude', modifier, value));
      return;
    case '_sort':
      draft.sort.push(...sortOf(type, once(draft.sort[0], value)));
      return;
    case '_elements':
      draft.elements.push(...elementsOf(type, value));
      return;
    case '_count':
      draft.count = countOf(once(draft.count, value), options.maxCount);
      return;
    case '_total':
      draft.total = totalOf(once(draft.total, value));
      return;
    case '_summary':
      draft.summary = summaryOf(once(draft.summary, value));
      return;
    case CURSOR_PARAMETER:
      if (value.length > MAX_CURSOR) refuseValue('the value is no position of a page');
      draft.cursor = once(draft.cursor, value);
      return;
    case '_query':
      refuseUnsupported('there are no named queries here');
      return;
    case '_filter':
      // Left out, it would find what the client excludes.
      refuseUnsupported('filter expressions are not supported; send search parameters');
      return;
    case '_contained':
      if (value !== 'false') refuseUnsupported('contained resources are not searched');
      return;
    default:
      takeCondition(type, name, value, draft, options);
  }
}

function takeCondition(type: string, name: string, value: string, draft: Draft, options: SearchOptions): void {
  draft.values += splitAt(value, ',').length;
  if (draft.values > MAX_VALUES)
    throw new SearchRefusal('too-costly', `more than ${MAX_VALUES} values in one search are refused`);
  const { ownBases, now } = options;
  draft.conditions.push(...namedConditions(type, name, value, { ownBases, now }));
}

function once(before: unknown, value: string): string {
  return before === undefined ? value : refuseValue('the parameter stands twice');
}
