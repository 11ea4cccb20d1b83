import { isJsonObject, valueSetOf, type Json, type ValueSet } from '#libs/domain/fhir';

/** Whether a value, a coding, a concept or a quantity is in the value set of a required binding. */
export interface CodeRule {
  readonly holds: (value: Json) => boolean;
  /** What would be right. */
  readonly right: string;
}

type Member = (code: string, system: Json | undefined) => boolean;

interface Members {
  readonly has: Member;
  readonly right: string;
}

const sets = new Map<string, Members | undefined>();
const rules = new Map<string, CodeRule | undefined>();

/**
 * The rule of a binding; undefined when the set cannot be listed from R4's own packages.
 * @param more value sets that the types of R4 do not bind
 */
export function codeRule(
  url: string,
  type: string,
  more?: (url: string) => ValueSet | undefined,
): CodeRule | undefined {
  const id = `${type} ${url}`;
  if (!rules.has(id)) rules.set(id, ruleOf(url, type, more));
  return rules.get(id);
}

function ruleOf(url: string, type: string, more?: (url: string) => ValueSet | undefined): CodeRule | undefined {
  if (!sets.has(url)) sets.set(url, setOf(valueSetOf(url) ?? more?.(url)));
  const set = sets.get(url);
  if (set === undefined) return undefined;
  const { has, right } = set;
  const coded = (value: Json): boolean =>
    isJsonObject(value) && typeof value['code'] === 'string' && has(value['code'], value['system'] ?? null);
  switch (type) {
    case 'code':
    case 'string':
    case 'uri':
      return { right: `must be ${right}`, holds: (value) => typeof value === 'string' && has(value, undefined) };
    case 'Coding':
    case 'Quantity':
      return { right: `needs a code, with its system, that is ${right}`, holds: coded };
    case 'CodeableConcept':
      return {
        right: `needs a coding, with its system, that is ${right}`,
        holds: (value) => isJsonObject(value) && Array.isArray(value['coding']) && value['coding'].some(coded),
      };
    default:
      return undefined;
  }
}

function setOf(set: ValueSet | undefined): Members | undefined {
  if (set === undefined) return undefined;
  if (typeof set === 'string') return BY_RULE[set];
  const bySystem = new Map(Object.entries(set).map(([system, codes]) => [system, new Set(codes)]));
  const all = new Set(Object.values(set).flat());
  return {
    right: `one of: ${listed(all)}`,
    has: (code, system) =>
      system === undefined ? all.has(code) : typeof system === 'string' && bySystem.get(system)?.has(code) === true,
  };
}

function listed(codes: ReadonlySet<string>): string {
  const some = [...codes].slice(0, 20).join(', ');
  return codes.size > 20 ? `${some}, …` : some;
}

const CDC_RACE = 'urn:oid:2.16.840.1.113883.6.238';
const UCUM = 'http://unitsofmeasure.org';
const MIME =
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9*][A-Za-z0-9!#$&^_.+*-]*(?: ?; ?[A-Za-z0-9-]+=(?:[^\s;"]+|"[^"]*"))*$/;
/** RFC 5646: language, extended language, script, region, variants, extensions, private use. */
const LANGUAGE =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-[a-z]+|sgn-[a-z]{2}-[a-z]{2})$/i;

let currencies: ReadonlySet<string> | undefined;

/** Sets that are code systems of other standards: by their form, currencies by the list of the runtime. */
const BY_RULE: Readonly<Record<string, Members>> = {
  mime: { right: 'a MIME type, as text/plain', has: (code) => MIME.test(code) || FORMATS.has(code) },
  language: {
    right: 'a language of BCP 47, as en-US',
    has: (code, system) => (system === undefined || system === 'urn:ietf:bcp:47') && LANGUAGE.test(code),
  },
  currency: {
    right: 'a currency of ISO 4217, as EUR',
    has: (code) => (currencies ??= new Set(Intl.supportedValuesOf('currency'))).has(code),
  },
  'cdc-race': {
    right: 'a code of CDC Race and Ethnicity, as 2036-2',
    has: (code, system) => (system === undefined || system === CDC_RACE) && /^\d{4}-\d$/.test(code),
  },
  ucum: {
    right: 'a unit of UCUM',
    has: (code, system) => (system === undefined || system === UCUM) && /^[\u0021-\u007e]+$/.test(code),
  },
};

/** FHIR's short names of its formats, which CapabilityStatement.format takes beside MIME types. */
const FORMATS = new Set(['xml', 'json', 'ttl']);
