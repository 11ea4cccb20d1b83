import { finds } from '../expectations.js';
import { requirements } from '../requirement.js';
import { observation } from '../resources.js';
import type { Any } from '../server.js';
import { quantity, some } from './some.js';

/** Parameters that compare ranges: dates and quantities. */
export const RANGES = requirements('search', 'SR', [
  {
    id: 3,
    source: 'search.html#date',
    title: 'date: precision is a period; eq ne gt lt ge le sa eb',
    check: async (server) => {
      const { only, ids } = await some(server, {
        morning: observation('', { subject: undefined, effectiveDateTime: '2026-03-01T10:00:00Z' }),
        next: observation('', { subject: undefined, effectiveDateTime: '2026-03-02' }),
        long: observation('', {
          subject: undefined,
          effectiveDateTime: undefined,
          effectivePeriod: { start: '2026-02-28T00:00:00Z', end: '2026-03-05T00:00:00Z' },
        }),
      });
      const by = (date: string, ...names: (keyof typeof ids)[]): Promise<void> =>
        finds(
          server,
          `/Observation?${only}&date=${date}`,
          names.map((name) => ids[name]),
        );
      await by('2026-03-01', 'morning');
      await by('2026-03', 'morning', 'next');
      await by('ge2026-03-02', 'next', 'long');
      await by('gt2026-03-01T10:00:00Z', 'next', 'long');
      await by('lt2026-03-01', 'long');
      await by('sa2026-03-01', 'next');
      await by('eb2026-03-02', 'morning');
      await by('2026-03-01T11:00:00%2B01:00', 'morning');
    },
  },
  {
    id: 4,
    source: 'search.html#quantity',
    title: 'quantity: units of UCUM are compared in the canonical unit; prefixes',
    check: async (server) => {
      const { only, ids } = await some(server, {
        gram: observation('', { subject: undefined, ...quantity(5.4, 'g') }),
        milli: observation('', { subject: undefined, ...quantity(5400, 'mg') }),
        more: observation('', { subject: undefined, ...quantity(6, 'g') }),
      });
      const ucum = 'http://unitsofmeasure.org';
      await finds(server, `/Observation?${only}&value-quantity=5.4|${ucum}|g`, [ids.gram, ids.milli]);
      await finds(server, `/Observation?${only}&value-quantity=gt5500|${ucum}|mg`, [ids.more]);
      await finds(server, `/Observation?${only}&value-quantity=5.4||g`, [ids.gram]);
      await finds(server, `/Observation?${only}&value-quantity=le5.4`, [ids.gram]);
    },
  },
  {
    id: 14,
    source: 'search.html#prefix',
    title: 'quantity: a stored comparator is all the values that it leaves open',
    check: async (server) => {
      const bound = (comparator: string): Any =>
        observation('', { subject: undefined, valueQuantity: { ...quantity(10, 'g').valueQuantity, comparator } });
      const { only, ids } = await some(server, {
        less: bound('<'),
        most: bound('<='),
        least: bound('>='),
        more: bound('>'),
        same: observation('', { subject: undefined, ...quantity(10, 'g') }),
      });
      const by = (value: string, ...names: (keyof typeof ids)[]): Promise<void> =>
        finds(
          server,
          `/Observation?${only}&value-quantity=${value}|http://unitsofmeasure.org|g`,
          names.map((name) => ids[name]),
        );
      await by('le10', 'less', 'most', 'least', 'same');
      await by('ge10', 'most', 'least', 'more', 'same');
      await by('lt10', 'less', 'most');
      await by('gt10', 'least', 'more');
      await by('sa10', 'more');
      await by('eb10', 'less');
      await by('10', 'same');
      await by('ne10', 'less', 'most', 'least', 'more');
      await by('gt9', 'less', 'most', 'least', 'more', 'same');
      await by('sa9', 'least', 'more', 'same');
    },
  },
]);
