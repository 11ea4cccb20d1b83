import type { Random } from '#libs/testing/properties';
import { mangle, NASTY_TOKENS, pick } from './fuzz-input.js';

/** One request to the EHR gateway. */
export interface FhirRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
  /** Nothing in it was damaged: refused only where another request was first (404, 409, 410, 412). */
  readonly whole: boolean;
}

const IDS = ['fuzz-1', 'fuzz-2', 'fuzz-3', 'fuzz-4', 'fuzz-5'];
const FHIR = 'application/fhir+json';
const JSON_PATCH = 'application/json-patch+json';
const SYSTEM = 'urn:oid:2.16.840.1.113883.4.999.1';

/** Bundles, searches and patches: somewhat more than half as a good client sends them, the rest damaged in one place or more. */
export function fuzzRequest(random: Random): FhirRequest {
  const whole = random() < 0.55;
  const luck = random();
  const sent = luck < 0.35 ? bundleOf(random) : luck < 0.75 ? searchOf(random) : patchOf(random);
  return { ...(whole ? sent : damaged(random, sent)), whole };
}

type Sent = Omit<FhirRequest, 'whole'>;

function damaged(random: Random, sent: Sent): Sent {
  if (sent.body !== '' && random() < 0.9) {
    let body = sent.body;
    for (let times = 1 + Math.floor(random() * 3); times > 0; times--)
      body = random() < 0.15 ? mangle(random, body) : withNastyToken(random, body);
    return { ...sent, body };
  }
  return random() < 0.2
    ? { ...sent, method: pick(random, ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) }
    : damagedPath(random, sent);
}

/** Puts a token in the place of a value of the JSON text, wherever it stands. */
function withNastyToken(random: Random, body: string): string {
  const places = [...body.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g)];
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) return mangle(random, body);
  const start = place.index + place[0].length - (place[1] ?? '').length;
  return body.slice(0, start) + pick(random, NASTY_TOKENS) + body.slice(place.index + place[0].length);
}

function damagedPath(random: Random, sent: Sent): Sent {
  const at = 1 + Math.floor(random() * Math.max(1, sent.path.length - 1));
  const piece = pick(random, NASTY_PIECES);
  return { ...sent, path: `${sent.path.slice(0, at)}${piece}${sent.path.slice(at)}` };
}

const NASTY_PIECES = [
  ':exact:exact',
  ':contains',
  '%00',
  '%ff',
  '%ED%A0%80',
  '%F0%9F%AB%80',
  ',,,',
  '$$',
  '|||',
  '\\',
  '%5C',
  '&&',
  '&_count=-1',
  '&_count=99999999999',
  '&_sort=-nothing,,',
  '&_has:Observation:patient:_has:Group:member:_id=1',
  '&_include=Patient:*',
  '&_include:iterate=*',
  '&_revinclude=*',
  '&subject.subject.subject=1',
  '&__proto__=1',
  '&constructor:missing=true',
  '&date=ge2026-02-30',
  '&date=ge9999-12-31T23:59:59.999999999Z',
  '&value-quantity=1e400',
  '&value-quantity=ap-0|||',
  `&code=${'a,'.repeat(900)}b`,
  `&family:contains=${'(a%2B)%2B'.repeat(50)}%24`,
  '&_cursor=AAAA',
  '&_page=x',
  '&_elements=__proto__',
  '&_summary=everything',
  '&_total=infinite',
  "';DROP%20TABLE%20fhir_resources;--",
] as const;

function searchOf(random: Random): Sent {
  const type = pick(random, ['Observation', 'Observation', 'Patient', 'Condition', 'Encounter']);
  const count = 1 + Math.floor(random() * 3);
  const parameters = Array.from({ length: count }, () => parameterOf(random, type));
  const ends = ['', '', '&_sort=-_lastUpdated', '&_count=3', '&_total=accurate', '&_summary=true', '&_elements=id'];
  const query = `${parameters.join('&')}${pick(random, ends)}`;
  if (random() < 0.15)
    return { method: 'POST', path: `/${type}/_search`, type: 'application/x-www-form-urlencoded', body: query };
  return { method: 'GET', path: `/${type}?${query}`, type: '', body: '' };
}

function parameterOf(random: Random, type: string): string {
  const id = pick(random, IDS);
  const date = `${pick(random, ['', 'ge', 'lt', 'sa', 'eb', 'ne', 'ap'])}${pick(random, DATES)}`;
  if (type === 'Patient') {
    return pick(random, [
      `_id=${id}`,
      `birthdate=${date}`,
      'family=f',
      'family:contains=uz',
      'name:exact=Fuzz',
      'gender:not=male',
      `identifier=${encodeURIComponent(`${SYSTEM}|`)}`,
      'birthdate:missing=true',
      '_has:Observation:patient:code=8867-4',
      '_revinclude=Observation:subject',
    ]);
  }
  if (type !== 'Observation')
    return pick(random, [`_id=${id}`, `patient=${id}`, '_lastUpdated=gt2020', `subject=Patient/${id}`]);
  return pick(random, [
    `patient=${id}`,
    `subject=Patient/${id}`,
    'code=8867-4',
    `code=${encodeURIComponent('http://loinc.org|8867-4')},1-8`,
    `date=${date}`,
    'category=vital-signs',
    `value-quantity=${pick(random, ['', 'gt', 'le'])}70`,
    `value-quantity=70|${encodeURIComponent('http://unitsofmeasure.org')}|/min`,
    `code-value-quantity=8867-4%24gt60`,
    'subject:Patient.family=fuzz',
    'status=final,amended',
    'value-concept:missing=true',
    '_include=Observation:subject',
  ]);
}

const DATES = ['2026', '2026-03', '2026-03-01', '2026-03-01T10:00:00Z', '2026-03-01T10:00:00%2B02:00'];

function patchOf(random: Random): Sent {
  const path = `/Patient/${pick(random, IDS)}`;
  if (random() < 0.35) {
    const gender = pick(random, ['female', 'male', 'other', 'unknown']);
    const part = [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: 'Patient.gender' },
      { name: 'value', valueCode: gender },
    ];
    const body = JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'operation', part }] });
    return { method: 'PATCH', path, type: FHIR, body };
  }
  const operations = pick(random, [
    [{ op: 'add', path: '/gender', value: pick(random, ['female', 'male', 'other']) }],
    [{ op: 'add', path: '/birthDate', value: '1980-02-29' }],
    [
      { op: 'test', path: '/resourceType', value: 'Patient' },
      { op: 'add', path: '/active', value: true },
    ],
    [{ op: 'add', path: '/name', value: [{ family: 'Fuzz', given: ['A', 'B'] }] }],
    [
      { op: 'add', path: '/multipleBirthInteger', value: 2 },
      { op: 'remove', path: '/multipleBirthInteger' },
    ],
  ]);
  return { method: 'PATCH', path, type: JSON_PATCH, body: JSON.stringify(operations) };
}

function bundleOf(random: Random): Sent {
  const n = 1 + Math.floor(random() * 4);
  const urn = 'urn:uuid:11111111-1111-4111-8111-111111111111';
  const mark = `fuzz-${Math.floor(random() * 500)}`;
  const identified = { ...patientOf(random), identifier: [{ system: SYSTEM, value: mark }] };
  const condition = random() < 0.5 ? { ifNoneExist: `identifier=${SYSTEM}|${mark}` } : {};
  const entry: object[] = [
    { fullUrl: urn, resource: identified, request: { method: 'POST', url: 'Patient', ...condition } },
  ];
  for (let i = 0; i < n; i++) {
    const id = IDS[i] ?? '';
    entry.push(
      pick<object>(random, [
        { resource: observationOf(random, urn), request: { method: 'POST', url: 'Observation' } },
        { resource: observationOf(random, `Patient/${id}`), request: { method: 'POST', url: 'Observation' } },
        { resource: { ...patientOf(random), id }, request: { method: 'PUT', url: `Patient/${id}` } },
        { request: { method: 'GET', url: `Patient/${id}` } },
        { request: { method: 'GET', url: `Observation?patient=${id}&_count=2` } },
        { request: { method: 'DELETE', url: `Observation/gone-${i}` } },
      ]),
    );
  }
  const type = pick(random, ['transaction', 'transaction', 'batch']);
  return { method: 'POST', path: '', type: FHIR, body: JSON.stringify({ resourceType: 'Bundle', type, entry }) };
}

function patientOf(random: Random): object {
  return {
    resourceType: 'Patient',
    birthDate: pick(random, ['1980-02-29', '1950', '2001-07']),
    gender: pick(random, ['female', 'male', 'other']),
    name: [{ family: pick(random, ['Fuzz', 'Müller', 'O’Neil']), given: ['A'] }],
  };
}

function observationOf(random: Random, subject: string): object {
  return {
    resourceType: 'Observation',
    status: pick(random, ['final', 'amended', 'preliminary']),
    code: { coding: [{ system: 'http://loinc.org', code: pick(random, ['8867-4', '2339-0', '1-8']) }] },
    subject: { reference: subject },
    effectiveDateTime: new Date(Date.now() - Math.floor(random() * 1e10)).toISOString(),
    valueQuantity: { value: 70, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  };
}
