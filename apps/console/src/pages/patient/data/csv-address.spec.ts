import { describe, expect, it } from '@jest/globals';
import { csvHref, stripOf } from './csv-address.js';

const AT = Date.parse('2026-11-30T08:00:00Z');

describe('where values are as CSV', () => {
  it('is the time that is asked for, as known then', () => {
    const time = { from: '2026-11-30T07:00:00.000Z', to: '2026-11-30T08:00:00.000Z' };
    expect(csvHref({ patient: 'p/1', knownAt: AT }, 'heart-rate', time)).toBe(
      '/v1/twins/p%2F1/measurements?format=csv&code=heart-rate&from=2026-11-30T07%3A00%3A00.000Z&to=2026-11-30T08%3A00%3A00.000Z&known-at=2026-11-30T08%3A00%3A00.000Z',
    );
    expect(csvHref({ patient: 'p1', knownAt: null }, 'heart-rate', time)).not.toContain('known-at');
  });

  it('is, of a strip around an alert, what the strip shows', () => {
    const { window, csv } = stripOf({ patient: 'p1', knownAt: null }, AT);
    const query = new URL(csv('ecg'), 'http://localhost').searchParams;
    expect([query.get('code'), Date.parse(query.get('from')!), Date.parse(query.get('to')!)]).toEqual([
      'ecg',
      ...window,
    ]);
    expect(window[0]).toBeLessThan(AT);
    expect(window[1] - window[0]).toBeLessThanOrEqual(60_000);
  });
});
