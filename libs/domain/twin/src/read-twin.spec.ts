import { describe, expect, it } from '@jest/globals';
import { initialTwin, readTwin, TWIN_VERSION } from './index.js';

describe('reading a stored twin', () => {
  const twin = initialTwin(1, 'p1');

  it('gives back what was stored in this version', () => {
    expect(readTwin(JSON.stringify(twin))).toEqual({ kind: 'twin', state: twin });
  });

  it('names any other version and reads nothing of it, earlier or later', () => {
    const { derived: _, checks: __, ...rest } = twin;
    expect(readTwin(JSON.stringify({ ...rest, v: 1 }))).toEqual({ kind: 'other-version', version: 1 });
    expect(readTwin(JSON.stringify({ ...twin, v: TWIN_VERSION + 1 }))).toEqual({ kind: 'other-version', version: 3 });
  });

  it('says of everything else that it is broken, and never throws', () => {
    for (const json of ['', '{"v":2', 'null', '[]', '2', '"v"', '{}', '{"v":null}', '{"v":"2"}'])
      expect(readTwin(json)).toEqual({ kind: 'broken' });
  });

  it('stores these fields: with another set the version is another', () => {
    expect([TWIN_VERSION, ...Object.keys(twin)]).toEqual([
      2,
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
    ]);
  });
});
