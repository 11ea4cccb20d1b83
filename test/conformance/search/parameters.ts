import assert from 'node:assert/strict';
import { finds, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { observation, patient, SYSTEM } from '../resources.js';
import { unique, type Any } from '../server.js';
import { quantity, some } from './some.js';

export const PARAMETERS = requirements('search', 'SR', [
  {
    id: 1,
    source: 'search.html#token',
    title: 'token: code, system|code, |code, system|, alternatives, :not',
    check: async (server) => {
      const { only, ids } = await some(server, {
        a: patient({ identifier: [{ system: 'urn:a', value: 'X1' }], gender: 'female' }),
        b: patient({ identifier: [{ value: 'X1' }], gender: 'male' }),
        c: patient(),
      });
      await finds(server, `/Patient?${only}&identifier=X1`, [ids.a, ids.b]);
      await finds(server, `/Patient?${only}&identifier=urn:a|X1`, [ids.a]);
      await finds(server, `/Patient?${only}&identifier=|X1`, [ids.b]);
      await finds(server, `/Patient?${only}&identifier=urn:a|`, [ids.a]);
      await finds(server, `/Patient?${only}&gender=male,female`, [ids.a, ids.b]);
      await finds(server, `/Patient?${only}&gender:not=male`, [ids.a, ids.c]);
    },
  },
  {
    id: 2,
    source: 'search.html#string',
    title: 'string: starts with, :exact, :contains, case and accents folded',
    check: async (server) => {
      const { only, ids } = await some(server, {
        a: patient({ name: [{ family: 'Müller-Lüdenscheidt', given: ['Anna'] }] }),
        b: patient({ name: [{ family: 'Muller' }] }),
      });
      await finds(server, `/Patient?${only}&family=muller`, [ids.a, ids.b]);
      await finds(server, `/Patient?${only}&family:exact=Muller`, [ids.b]);
      await finds(server, `/Patient?${only}&family:contains=denscheidt`, [ids.a]);
      await finds(server, `/Patient?${only}&name=ann`, [ids.a]);
      await finds(server, `/Patient?${only}&family:contains=.*`, []);
      await finds(server, `/Patient?${only}&family:contains=%25`, []);
    },
  },
  {
    id: 5,
    source: 'search.html#reference',
    title: 'reference: Type/id, id, :Type, absolute url of this server, :identifier',
    check: async (server) => {
      const who = await server.made(patient());
      const { only, ids } = await some(server, {
        a: observation(`Patient/${who.id}`),
        b: observation('', { subject: { identifier: { system: SYSTEM, value: `p${who.id}` } } }),
      });
      await finds(server, `/Observation?${only}&subject=Patient/${who.id}`, [ids.a]);
      await finds(server, `/Observation?${only}&patient=${who.id}`, [ids.a]);
      await finds(server, `/Observation?${only}&subject:Patient=${who.id}`, [ids.a]);
      await finds(server, `/Observation?${only}&subject=${server.base}/Patient/${who.id}`, [ids.a]);
      await finds(server, `/Observation?${only}&subject:identifier=${SYSTEM}|p${who.id}`, [ids.b]);
    },
  },
  {
    id: 6,
    source: 'search.html#missing',
    title: ':missing finds what has no value, or has one',
    check: async (server) => {
      const { only, ids } = await some(server, { a: patient({ birthDate: '1970-01-01' }), b: patient() });
      await finds(server, `/Patient?${only}&birthdate:missing=true`, [ids.b]);
      await finds(server, `/Patient?${only}&birthdate:missing=false`, [ids.a]);
    },
  },
  {
    id: 7,
    source: 'search.html#composite',
    title: 'composite: the parts stand together',
    check: async (server) => {
      const part = (code: string, value: number): Any => ({
        code: { coding: [{ system: 'http://loinc.org', code }] },
        ...quantity(value, 'mm[Hg]'),
      });
      const { only, ids } = await some(server, {
        a: observation('', {
          subject: undefined,
          code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
          valueQuantity: undefined,
          component: [part('8480-6', 120), part('8462-4', 80)],
        }),
      });
      const by = (value: string): string => `/Observation?${only}&component-code-value-quantity=${value}`;
      await finds(server, by('http://loinc.org|8480-6$ge100'), [ids.a]);
      await finds(server, by('http://loinc.org|8462-4$ge100'), []);
    },
  },
  {
    id: 8,
    source: 'search.html#chaining',
    title: 'chained parameters and _has',
    check: async (server) => {
      const mark = unique();
      const who = await server.made(patient({ name: [{ family: `Chain${mark}` }] }));
      const { only, ids } = await some(server, { a: observation(`Patient/${who.id}`) });
      await finds(server, `/Observation?${only}&subject:Patient.family=chain${mark}`, [ids.a]);
      await finds(server, `/Observation?${only}&patient.name=nobody${mark}`, []);
      await finds(server, `/Patient?family=Chain${mark}&_has:Observation:patient:code=8867-4`, [who.id]);
      await finds(server, `/Patient?family=Chain${mark}&_has:Observation:patient:code=1-8`, []);
    },
  },
  {
    id: 9,
    source: 'search.html#all',
    title: '_id, _lastUpdated, _tag, _profile',
    check: async (server) => {
      const tag = { system: 'urn:t', code: unique() };
      const { only, ids } = await some(server, { a: patient({ meta: { tag: [tag] } }), b: patient() });
      await finds(server, `/Patient?_id=${ids.a},${ids.b}`, [ids.a, ids.b]);
      await finds(server, `/Patient?_tag=urn:t|${tag.code}`, [ids.a]);
      const minuteAgo = new Date(Date.now() - 60_000).toISOString();
      await finds(server, `/Patient?${only}&_lastUpdated=gt${minuteAgo}`, [ids.a, ids.b]);
      await finds(server, `/Patient?${only}&_lastUpdated=lt${minuteAgo}`, []);
    },
  },
  {
    id: 10,
    source: 'search.html#escaping',
    title: 'escaped commas, dollars and bars belong to the value',
    check: async (server) => {
      const { only, ids } = await some(server, { a: patient({ name: [{ family: 'Smith, J$r|x' }] }), b: patient() });
      await finds(server, `/Patient?${only}&family:exact=${encodeURIComponent('Smith\\, J\\$r\\|x')}`, [ids.a]);
    },
  },
  {
    id: 11,
    source: 'search.html#errors',
    title: 'malformed values are refused; unknown parameters by handling=strict only',
    check: async (server) => {
      refused(await server.get('/Observation?date=2026-02-30'), [400]);
      refused(await server.get('/Observation?value-quantity=abc'), [400]);
      refused(await server.get('/Patient?_count=-1'), [400]);
      const several = Array.from({ length: 900 }, (_, n) => `0b7a1d4e-8d3a-4f5e-9f0a-${String(n).padStart(12, '0')}`);
      await finds(server, `/Patient?_id=${several.join(',')}`, []);
      const many = Array.from({ length: 1_500 }, (_, n) => n);
      refused(await server.get(`/Patient?_id=${many.join(',')}`), [400, 413, 414]);
      refused(await server.get('/Patient?no-such=1', { prefer: 'handling=strict' }), [400]);
      const lenient = await server.get('/Patient?no-such=1&_count=1', { prefer: 'handling=lenient' });
      status(lenient, 200);
      const self = lenient.body.link.find((link: Any) => link.relation === 'self').url;
      assert.ok(!self.includes('no-such'), self);
    },
  },
  {
    id: 12,
    source: 'search.html#token',
    title: ':of-type: the type and the value of one identifier',
    check: async (server) => {
      const system = 'http://terminology.hl7.org/CodeSystem/v2-0203';
      const of = (code: string, value: string): Any => ({
        type: { coding: [{ system, code }] },
        system: 'urn:a',
        value,
      });
      const { only, ids } = await some(server, {
        a: patient({ identifier: [of('MR', 'X1'), of('SS', 'X2')] }),
        b: patient({ identifier: [of('MR', 'X2')] }),
        c: patient({ identifier: [{ system: 'urn:a', value: 'X1' }] }),
      });
      await finds(server, `/Patient?${only}&identifier:of-type=${system}|MR|X1`, [ids.a]);
      await finds(server, `/Patient?${only}&identifier:of-type=${system}|MR|X1,${system}|MR|X2`, [ids.a, ids.b]);
      await finds(server, `/Patient?${only}&identifier:of-type=${system}|SS|X1`, []);
      refused(await server.get(`/Patient?identifier:of-type=MR|X1`), [400]);
    },
  },
  {
    id: 13,
    source: 'search.html#contained',
    title: 'chains look into contained resources, which no search finds by themselves',
    check: async (server) => {
      const mark = unique();
      const contained = [{ resourceType: 'Patient', id: 'who', name: [{ family: `Inside${mark}` }] }];
      const { only, ids } = await some(server, {
        a: observation('#who', { contained }),
        b: observation('', { subject: undefined }),
      });
      await finds(server, `/Observation?${only}&subject:Patient.family=inside${mark}`, [ids.a]);
      await finds(server, `/Observation?${only}&patient.name=inside${mark}`, [ids.a]);
      await finds(server, `/Observation?${only}&subject:Patient.family=nobody${mark}`, []);
      await finds(server, `/Patient?family=inside${mark}`, []);
    },
  },
]);
