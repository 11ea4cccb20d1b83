import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { parseAlert } from './parse-alert.js';

const ID = '0190a2b4-0000-8000-8000-000000000001';
const good = {
  v: 1,
  tenant: 7,
  patient: 'p1',
  transition: ID,
  sequence: 2,
  receivedAt: 1_790_000_000_000,
  alert: {
    id: ID,
    episode: ID,
    patient: 'p1',
    rule: { id: 'glucose-low', version: '1.0.0', title: 'Low glucose' },
    category: 'physiological',
    severity: 'high',
    status: 'open',
    transition: 'raised',
    effectiveAt: '2026-11-28T12:00:00.000Z',
    raisedAt: '2026-11-28T12:00:00.000Z',
    summary: 'low',
  },
};
const parse = (value: unknown, key = '7/p1') => parseAlert({ key, value: JSON.stringify(value) });

describe('records of the topic alerts', () => {
  it('are passed on as they are, with members of other versions', () => {
    const newer = { ...good, traced: 'x', alert: { ...good.alert, transition: 'brand-new', onBehalfOf: 'x' } };
    expect(parse(newer)).toEqual({ kind: 'alert', record: newer });
    const folded = { ...good, alert: { ...good.alert, suppressed: [{ rule: 'glucose-low-soon', reason: 'x' }] } };
    expect(parse(folded)).toEqual({ kind: 'alert', record: folded });
  });

  it.each([
    ['{"patient":"p1","secret', 'not JSON'],
    ['', 'not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['"secret"', 'not an object'],
    ['{}', 'unknown schema version'],
    [JSON.stringify({ ...good, v: 2 }), 'unknown schema version'],
    [JSON.stringify({ ...good, v: '1' }), 'unknown schema version'],
    [JSON.stringify({ ...good, tenant: -1 }), 'missing or not as expected: /tenant'],
    [JSON.stringify({ ...good, tenant: 2 ** 31 }), 'missing or not as expected: /tenant'],
    [JSON.stringify({ ...good, patient: '' }), 'missing or not as expected: /patient'],
    [JSON.stringify({ ...good, transition: 'secret' }), 'missing or not as expected: /transition'],
    [JSON.stringify({ ...good, sequence: 1.5 }), 'missing or not as expected: /sequence'],
    [JSON.stringify({ ...good, receivedAt: 1e17 }), 'missing or not as expected: /receivedAt'],
    [JSON.stringify({ ...good, receivedAt: -1e17 }), 'missing or not as expected: /receivedAt'],
    [JSON.stringify({ ...good, alert: null }), 'missing or not as expected: /alert'],
    [
      JSON.stringify({ ...good, sequence: 'x', alert: { ...good.alert, severity: 'secret', rule: {} } }),
      'missing or not as expected: /sequence, /alert/rule/id, /alert/severity',
    ],
    [
      JSON.stringify({ ...good, alert: { ...good.alert, transition: 'two words' } }),
      'missing or not as expected: /alert/transition',
    ],
    [
      JSON.stringify({ ...good, alert: { ...good.alert, transition: 'x'.repeat(41) } }),
      'missing or not as expected: /alert/transition',
    ],
    [
      JSON.stringify({ ...good, alert: { ...good.alert, suppressed: [{}] } }),
      'missing or not as expected: /alert/suppressed/0/rule',
    ],
    [JSON.stringify({ ...good, patient: 'p2' }), 'under the key of another patient'],
    [JSON.stringify({ ...good, tenant: 8 }), 'under the key of another patient'],
    [JSON.stringify({ ...good, alert: { ...good.alert, patient: 'p2' } }), 'under the key of another patient'],
  ])('%s: %s', (value, reason) => {
    expect(parseAlert({ key: '7/p1', value })).toEqual({ kind: 'malformed', tenant: 7, reason });
  });

  it('names at most five places', () => {
    expect(parse({ v: 1 })).toMatchObject({
      reason: 'missing or not as expected: /tenant, /patient, /transition, /sequence, /receivedAt',
    });
  });

  it.each([
    ['x/p1', 0],
    ['', 0],
    ['-1/p1', 0],
    ['99999999999/p1', 0],
    ['12/p1', 12],
  ])('of the key %j has the tenant %d', (key, tenant) => {
    expect(parseAlert({ key, value: '' })).toMatchObject({ kind: 'malformed', tenant });
  });

  it('never has a reason that quotes it', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat({ max: 200 }))
      .map(([text, cut]) => `{"patient":"Quartermaine${text.slice(0, cut)}`);
    fc.assert(
      fc.property(broken, (value) => {
        const parsed = parseAlert({ key: '7/p1', value });
        expect(parsed.kind === 'malformed' ? parsed.reason : '').toMatch(
          /^(not JSON|not an object|unknown schema version)$/,
        );
      }),
      propertyRuns(100),
    );
  });
});
