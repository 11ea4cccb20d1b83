import { Decimal, type Json } from '../json/json.js';
import { narrativeFault } from './narrative.js';

/** What is wrong with a primitive value, in words that say what would be right; undefined when it is well-formed. */
type Check = (value: Json) => string | undefined;

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const CODE = /^\S+(?: \S+)*$/;
const URI = /^\S+$/;
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/;
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function text(test: (value: string) => boolean, right: string): Check {
  return (value) => (typeof value === 'string' && test(value) ? undefined : `must be ${right}`);
}

function whole(min: number, right: string): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= 2_147_483_647
      ? undefined
      : `must be ${right}`;
}

const anyText = text((value) => value.trim() !== '', 'a string that is not empty');

/** Whether a type's value is a JSON string, number or boolean, with its id and extensions in a member of their own. */
export function isPrimitiveType(type: string): boolean {
  return PRIMITIVES.has(type);
}

/** By the name of the type (FHIR R4 datatypes.html#primitive). */
export const PRIMITIVES: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['boolean', (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')],
  ['integer', whole(-2_147_483_648, 'a whole number of 32 bits')],
  ['positiveInt', whole(1, 'a whole number from 1 to 2147483647')],
  ['unsignedInt', whole(0, 'a whole number from 0 to 2147483647')],
  ['decimal', (value) => (typeof value === 'number' || value instanceof Decimal ? undefined : 'must be a number')],
  ['string', anyText],
  ['markdown', anyText],
  ['xhtml', (value) => (typeof value === 'string' ? narrativeFault(value) : 'must be XHTML in one div')],
  ['id', text((value) => ID.test(value), 'an id: letters, digits, - and . only, at most 64')],
  ['code', text((value) => CODE.test(value), 'a code: no spaces at its ends, single ones inside')],
  ['uri', text((value) => URI.test(value), 'a URI without spaces')],
  ['url', text((value) => URI.test(value), 'a URL without spaces')],
  ['canonical', text((value) => URI.test(value), 'a canonical URL without spaces')],
  ['oid', text((value) => OID.test(value), 'an OID as urn:oid:1.2.3')],
  ['uuid', text((value) => UUID.test(value), 'a UUID as urn:uuid: with lower-case digits')],
  ['base64Binary', text(isBase64, 'base64')],
  ['instant', text(isDateTime, 'an instant with seconds and a time zone, as 2026-02-28T10:00:00Z')],
  ['date', text(isDate, 'a date that exists, as 2026, 2026-02 or 2026-02-28')],
  [
    'dateTime',
    text(
      (value) => isDate(value) || isDateTime(value),
      'a date, or a time with seconds and a time zone, as 2026-02-28T10:00:00Z, that exists',
    ),
  ],
  ['time', text((value) => TIME.test(value), 'a time of day, as 10:00:00')],
]);

function isDate(value: string): boolean {
  const match = DATE.exec(value);
  return match !== null && exists(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1));
}

function isDateTime(value: string): boolean {
  const match = DATE_TIME.exec(value);
  return match !== null && exists(Number(match[1]), Number(match[2]), Number(match[3]));
}

function exists(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

function isBase64(value: string): boolean {
  const dense = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  return dense.length > 0 && dense.length % 4 === 0 && BASE64.test(dense);
}
