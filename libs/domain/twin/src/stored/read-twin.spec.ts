import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HEART_RATE, MINUTE, T0, Ward } from '#libs/testing/ward';
import { initialTwin, readTwin, TWIN_VERSION, writeTwin, type TwinState } from '../index.js';

const row = { tenant: 1, patient: 'p1', version: 0 };

function unreadable(twin: unknown): string | undefined {
  const stored = readTwin(DEFAULT_CATALOGUE, typeof twin === 'string' ? twin : JSON.stringify(twin), row);
  return stored.kind === 'unreadable' ? stored.reason : undefined;
}

describe('reading a stored twin', () => {
  const twin = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');

  it('gives back what was stored in this version', () => {
    expect(readTwin(DEFAULT_CATALOGUE, JSON.stringify(twin), row)).toEqual({ kind: 'twin', state: twin });
    const ward = new Ward();
    for (let i = 0; i < 40; i++) ward.send([{ c: HEART_RATE, t: T0 + i * MINUTE, x: 150 }]);
    const { tenant, patient, version } = ward.state;
    const read = readTwin(DEFAULT_CATALOGUE, writeTwin(DEFAULT_CATALOGUE, ward.state), { tenant, patient, version });
    expect(read).toEqual({ kind: 'twin', state: ward.state });
  });

  it('reads nothing of a later version, nor of an earlier one that it does not know', () => {
    expect(unreadable({ ...twin, v: TWIN_VERSION + 1 })).toBe('newer-version');
    expect(unreadable({ ...twin, v: 99, measures: 'of the future' })).toBe('newer-version');
    expect(unreadable({ ...twin, v: 1 })).toBe('older-version');
    expect(unreadable({ ...twin, v: 0 })).toBe('older-version');
  });

  it('takes no twin for another than the one its row says', () => {
    expect(unreadable({ ...twin, tenant: 2 })).toBe('of-another-twin');
    expect(unreadable({ ...twin, patient: 'p2' })).toBe('of-another-twin');
    expect(unreadable({ ...twin, version: 7 })).toBe('of-another-twin');
  });

  it('says of everything else what is wrong, and never throws', () => {
    const json = JSON.stringify(twin);
    for (const cut of [0, 1, json.length >> 1, json.length - 1])
      expect(unreadable(json.slice(0, cut))).toBe('not-json');
    for (const text of ['null', '[]', '2', '"v"', '{}', '{"v":null}', '{"v":"3"}', '{"v":2.5}', '{"v":3}', '{"v":2}'])
      expect(unreadable(text)).toBe('malformed');
  });

  it.each<[string, object]>([
    ['a missing part', { measures: undefined }],
    ['a list in place of a record', { rules: [] }],
    ['a grid that names no machine', { detectors: { news2: { now: null, grid: [0], machines: [] } } }],
  ])('refuses %s', (_, part) => {
    expect(unreadable({ ...twin, ...part })).toBe('malformed');
    expect(unreadable({ ...twin, ...part, v: 2 })).toBe('malformed');
  });

  it('stores these fields: with another set, or another meaning, the version is another', () => {
    expect([TWIN_VERSION, ...Object.keys(twin)]).toEqual([
      3,
      'v',
      'tenant',
      'patient',
      'version',
      'asOf',
      'heard',
      'measures',
      'checks',
      'derived',
      'detectors',
      'rules',
      'streams',
      'forgotten',
      'tenantThresholds',
      'thresholds',
      'feedback',
      'facts',
      'moreFacts',
      'acts',
      'replaced',
      'timers',
    ] satisfies [number, ...(keyof TwinState)[]]);
  });
});
