import type { Random } from '#libs/testing/properties';

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** Raw JSON tokens that a careless or hostile sender may put where a value belongs. */
export const NASTY_TOKENS = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '-0',
  '0',
  '1e400',
  '-1e400',
  '1e-400',
  'NaN',
  'Infinity',
  '99999999999999999999999999',
  '"\\u0000"',
  '"\\ud800"',
  '"\u0000"',
  `"'; DROP TABLE twins; --"`,
  '"../../etc/passwd"',
  '"Patient/../Patient/x"',
  '"__proto__"',
  '{"__proto__":{"x":1}}',
  '{"constructor":1,"toString":2}',
  '"2026-02-30T00:00:00Z"',
  '"2026-01-01T00:00:00"',
  '"9999-12-31T23:59:59Z"',
  '"0000-00-00T00:00:00Z"',
  '"-000001-01-01T00:00:00Z"',
  `"${'x'.repeat(5000)}"`,
  `${'['.repeat(200)}${']'.repeat(200)}`,
  '"🫀"',
  '[1,"a",null]',
  '[[1]]',
];

const CODES = [
  'heart-rate',
  'glucose',
  '8867-4',
  '147842',
  'rr-interval',
  'ecg',
  'ppg',
  'body-temperature',
  'nothing-known',
  'oxygen-saturation',
];
const UNITS = ['/min', 'mg/dL', 'mmol/L', 'ms', 'mV', 'Cel', '%', 'kg', 'furlong', '[degF]'];

/** A request body for the wearable gateway: mostly well-formed samples with something wrong in some of them. */
export function fuzzSamples(random: Random, patient: string): { readonly body: string; readonly type: string } {
  const count = 1 + Math.floor(random() * 6);
  const samples = Array.from({ length: count }, () => fuzzSample(random, patient));
  const shape = random();
  if (shape < 0.6) return { body: `[${samples.join(',')}]`, type: 'application/json' };
  if (shape < 0.85) return { body: samples.join('\n'), type: 'application/x-ndjson' };
  if (shape < 0.9) return { body: samples[0] ?? '', type: 'application/json' };
  return {
    body: mangle(random, `[${samples.join(',')}]`),
    type: pick(random, ['application/json', 'application/x-ndjson', 'text/plain', '']),
  };
}

function fuzzSample(random: Random, patient: string): string {
  const fields: [string, string][] = [
    [
      pick(random, ['patient', 'patient', 'patient', 'device']),
      JSON.stringify(pick(random, [patient, `Patient/${patient}`, 'nobody', 'a|b'])),
    ],
    ['code', JSON.stringify(pick(random, CODES))],
    ['unit', JSON.stringify(pick(random, UNITS))],
    ['effectiveAt', JSON.stringify(new Date(Date.now() - Math.floor(random() * 1e9)).toISOString())],
  ];
  if (random() < 0.8) fields.push(['value', String(Math.round(random() * 3000) / 10)]);
  else
    fields.push([
      'values',
      JSON.stringify(Array.from({ length: Math.floor(random() * 20) }, () => Math.round(random() * 2000))),
    ]);
  if (random() < 0.2) fields.push(['periodMs', String(Math.round(random() * 100))]);
  if (random() < 0.3) fields.push(['id', JSON.stringify(`s${Math.floor(random() * 1000)}`)]);
  return objectOf(random, fields);
}

/** A resource or bundle for the EHR gateway. */
export function fuzzFhir(
  random: Random,
  patient: string,
): { readonly method: string; readonly path: string; readonly body: string } {
  const kind = random();
  if (kind < 0.4) {
    const entries = Array.from({ length: 1 + Math.floor(random() * 5) }, () => fuzzEntry(random, patient));
    const body = objectOf(random, [
      ['resourceType', '"Bundle"'],
      ['type', JSON.stringify(pick(random, ['transaction', 'transaction', 'batch', 'history', 'message']))],
      ['entry', `[${entries.join(',')}]`],
    ]);
    return { method: 'POST', path: '', body: random() < 0.05 ? mangle(random, body) : body };
  }
  const type = pick(random, [
    'Observation',
    'Patient',
    'Device',
    'Condition',
    'Encounter',
    'NoSuchType',
    'Bundle',
    '..%2f',
    'Observation/%00',
  ]);
  const id = pick(random, ['abc', patient, `x'; --`, '..', 'a'.repeat(70), '%00', 'ok-1', '__proto__']);
  const method = pick(random, ['POST', 'PUT', 'GET', 'DELETE']);
  const path = method === 'POST' ? `/${type}` : `/${type}/${encodeURIComponent(id)}`;
  const resource = fuzzResource(random, patient, type === 'Patient' ? 'Patient' : 'Observation');
  return { method, path, body: method === 'GET' || method === 'DELETE' ? '' : resource };
}

function fuzzEntry(random: Random, patient: string): string {
  return objectOf(random, [
    [
      'fullUrl',
      JSON.stringify(
        pick(random, [
          'urn:uuid:11111111-1111-4111-8111-111111111111',
          'urn:uuid:x',
          'https://a.example/Observation/1',
        ]),
      ),
    ],
    ['resource', fuzzResource(random, patient, pick(random, ['Observation', 'Observation', 'Patient', 'Device']))],
    [
      'request',
      objectOf(random, [
        ['method', JSON.stringify(pick(random, ['POST', 'PUT', 'DELETE', 'GET', 'PATCH', 'FETCH']))],
        [
          'url',
          JSON.stringify(
            pick(random, ['Observation', 'Patient', 'Observation/abc', 'Patient?identifier=a|b', '../x', '']),
          ),
        ],
      ]),
    ],
  ]);
}

function fuzzResource(random: Random, patient: string, type: string): string {
  if (type === 'Patient') {
    return objectOf(random, [
      ['resourceType', '"Patient"'],
      ['birthDate', '"1980-02-29"'],
      ['gender', '"other"'],
      ['name', '[{"family":"Fuzz"}]'],
    ]);
  }
  if (type === 'Device') {
    return objectOf(random, [
      ['resourceType', '"Device"'],
      ['patient', `{"reference":"Patient/${patient}"}`],
      ['status', '"active"'],
    ]);
  }
  return objectOf(random, [
    ['resourceType', '"Observation"'],
    ['status', JSON.stringify(pick(random, ['final', 'amended', 'entered-in-error', 'nonsense']))],
    ['code', '{"coding":[{"system":"http://loinc.org","code":"8867-4"}]}'],
    ['subject', `{"reference":"Patient/${patient}"}`],
    ['effectiveDateTime', JSON.stringify(new Date(Date.now() - Math.floor(random() * 1e10)).toISOString())],
    pick(random, [
      [
        'valueQuantity',
        `{"value":${pick(random, ['70', '70.50', '1e400', '-0', '7e1'])},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}`,
      ],
      ['valueSampledData', '{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 E 3"}'],
      ['valueString', '"x"'],
    ]) as [string, string],
  ]);
}

/** Writes an object from raw tokens; now and then drops, doubles, or poisons a field. */
function objectOf(random: Random, fields: readonly (readonly [string, string])[]): string {
  const written = fields.flatMap(([name, token]) => {
    const luck = random();
    if (luck < 0.04) return [];
    if (luck < 0.06) return [`"${name}":${token}`, `"${name}":${token}`];
    if (luck < 0.14) return [`"${name}":${pick(random, NASTY_TOKENS)}`];
    if (luck < 0.16) return [`"${pick(random, ['__proto__', 'x'.repeat(300), '', 'extension', '_value'])}":${token}`];
    return [`"${name}":${token}`];
  });
  return `{${written.join(',')}}`;
}

/** Cuts, repeats or flips bytes of a text. */
export function mangle(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  return pick(random, [
    text.slice(0, at),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + pick(random, NASTY_TOKENS) + text.slice(at),
    text + text,
    `\ufeff${text}`,
  ]);
}
