/** One parameter of a restriction: `category=a,b` is the name `category` and the alternatives `a` and `b`. */
export interface RestrictionParameter {
  readonly name: string;
  /** Alternatives, as they are written in a search: escaped, decoded from the URL. */
  readonly values: readonly string[];
}

/** A SMART v2 scope of a backend service: `system/Observation.rs?category=laboratory`. */
export interface SystemScope {
  /** A resource type or `*`. */
  readonly type: string;
  /** Subset of `cruds`, in that order. */
  readonly verbs: string;
  /** All must hold (search parameters of the type); none: every resource of the type. */
  readonly restriction: readonly RestrictionParameter[];
}

const V1_VERBS: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
const MAX_LENGTH = 1_024;
const MAX_PARAMETERS = 20;
const MAX_VALUES = 100;
const VERBS = ['c', 'r', 'u', 'd', 's'];
const FORM = /^system\/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)(?:\?([^?#\s"\\]+))?$/;
/** A search parameter with a modifier or a chain; what shapes an answer (`_sort`, `_include`, `_count` …) restricts nothing. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*(?:[:.][A-Za-z0-9_.:-]+)?$/;
const SHAPES_AN_ANSWER =
  /^_(?:sort|count|include|revinclude|summary|elements|total|contained|containedType|format|pretty|type|has|query|filter|list|text|content|score|cursor)(?:$|:)/;

/**
 * Reads `system/Type.verbs` (SMART App Launch 2: `c r u d s` in this order), the v1 forms `.read`, `.write`, `.*`, and a restriction
 * by search parameters. undefined: not of this form.
 */
export function parseSystemScope(scope: string): SystemScope | undefined {
  if (scope.length > MAX_LENGTH) return undefined;
  const [, type, verbs, query] = FORM.exec(scope) ?? [];
  if (type === undefined || verbs === undefined || verbs === '') return undefined;
  const restriction = query === undefined ? [] : parseRestriction(query);
  return restriction === undefined ? undefined : { type, verbs: V1_VERBS[verbs] ?? verbs, restriction };
}

function parseRestriction(query: string): readonly RestrictionParameter[] | undefined {
  const parts = query.split('&');
  if (parts.length > MAX_PARAMETERS) return undefined;
  const parameters: RestrictionParameter[] = [];
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = decoded(part.slice(0, Math.max(0, equals)));
    const value = decoded(part.slice(equals + 1));
    if (name === undefined || value === undefined || !NAME.test(name) || SHAPES_AN_ANSWER.test(name)) return undefined;
    const values = alternativesOf(value);
    if (values.length > MAX_VALUES || values.some((one) => one === '' || one === '|')) return undefined;
    parameters.push({ name, values });
  }
  return unique(parameters);
}

function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '));
    return /[\u0000-\u001f\u007f]/.test(plain) || !plain.isWellFormed() ? undefined : plain;
  } catch {
    return undefined;
  }
}

/** A comma that is not escaped stands between alternatives (FHIR R4 search.html#escaping). */
function alternativesOf(value: string): readonly string[] {
  const values = [...value.matchAll(/(?:^|,)((?:[^\\,]|\\.|\\$)*)/g)].map(([, one]) => one ?? '');
  return [...new Set(values)].sort();
}

/** As it is written in a token: parameters sorted, values escaped for a URL. */
export function formatSystemScope({ type, verbs, restriction }: SystemScope): string {
  const query = restriction.map(({ name, values }) => `${inScope(name)}=${inScope(values.join(','))}`).join('&');
  return `system/${type}.${verbs}${query === '' ? '' : `?${query}`}`;
}

/** Text of a scope-token (RFC 6749 §3.3) with nothing in it that ends a parameter; `:`, `/`, `|` and `,` stay legible. */
function inScope(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2F|7C|2C|24)/gi, (one) => decodeURIComponent(one));
}

/** True when every resource within `inner` is within `outer`, as far as the texts show it. */
export function isWithin(inner: readonly RestrictionParameter[], outer: readonly RestrictionParameter[]): boolean {
  return outer.every((wide) => inner.some((narrow) => isNarrower(narrow, wide)));
}

function isNarrower(narrow: RestrictionParameter, wide: RestrictionParameter): boolean {
  if (narrow.name !== wide.name) return false;
  const within = narrow.values.every((value) => wide.values.includes(value));
  // With a modifier (`:not`) fewer values may mean more resources.
  return within && (!wide.name.includes(':') || narrow.values.length === wide.values.length);
}

/** What two scopes have in common: both restrictions at once, without those that another one of them implies. */
export function intersection(one: SystemScope, other: SystemScope): SystemScope | undefined {
  if (one.type !== '*' && other.type !== '*' && one.type !== other.type) return undefined;
  const verbs = VERBS.filter((verb) => one.verbs.includes(verb) && other.verbs.includes(verb)).join('');
  if (verbs === '') return undefined;
  const both = unique([...one.restriction, ...other.restriction]);
  const restriction = both.filter((wide) => !both.some((narrow) => narrow !== wide && isNarrower(narrow, wide)));
  return { type: one.type === '*' ? other.type : one.type, verbs, restriction };
}

/** Sorted, each once: two scopes that mean the same have one text. */
function unique(parameters: readonly RestrictionParameter[]): readonly RestrictionParameter[] {
  const byText = new Map(parameters.map((parameter) => [`${parameter.name}=${parameter.values.join(',')}`, parameter]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, parameter]) => parameter);
}
