import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch, transaction, type Reply, type Resource } from '../../../../test/support/fhir-gateway.js';
import { observation, RestrictedGateway } from './restricted-scopes.fixture.js';

/**
 * A client whose scopes have a restriction, against every interaction: what is outside is answered as what is absent, by status, headers and
 * body, and stays as it is.
 */
describe('a scope with a restriction', () => {
  let restricted: RestrictedGateway;
  beforeAll(async () => {
    restricted = await RestrictedGateway.open();
  }, 60_000);
  afterAll(() => restricted?.close());

  /** Status, headers and body of an answer, without what every answer has of its own, and with one name for both ids. */
  function comparable({ status, headers, text }: Reply, id: string): object {
    const named = [...headers].filter(
      ([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name),
    );
    return { status, headers: named, text: text.replaceAll(id, 'ID') };
  }

  const UPDATE = (id: string): Resource => observation('vital-signs', { id });
  const PATCH = [{ op: 'replace', path: '/status', value: 'amended' }];
  const INTERACTIONS: readonly (readonly [string, (id: string) => [string, string, unknown?, object?]])[] = [
    ['read', (id) => ['GET', `/Observation/${id}`]],
    ['read when it is unchanged', (id) => ['GET', `/Observation/${id}`, undefined, { 'if-none-match': 'W/"1"' }]],
    ['head', (id) => ['HEAD', `/Observation/${id}`]],
    ['vread', (id) => ['GET', `/Observation/${id}/_history/1`]],
    ['history', (id) => ['GET', `/Observation/${id}/_history`]],
    ['update', (id) => ['PUT', `/Observation/${id}`, UPDATE(id)]],
    ['update of a version', (id) => ['PUT', `/Observation/${id}`, UPDATE(id), { 'if-match': 'W/"1"' }]],
    ['update if there is none', (id) => ['PUT', `/Observation/${id}`, UPDATE(id), { 'if-none-match': '*' }]],
    ['patch', (id) => ['PATCH', `/Observation/${id}`, PATCH, { 'content-type': 'application/json-patch+json' }]],
    [
      'patch of a version',
      (id) => [
        'PATCH',
        `/Observation/${id}`,
        PATCH,
        { 'content-type': 'application/json-patch+json', 'if-match': 'W/"1"' },
      ],
    ],
    ['delete', (id) => ['DELETE', `/Observation/${id}`]],
    ['delete of a version', (id) => ['DELETE', `/Observation/${id}`, undefined, { 'if-match': 'W/"1"' }]],
    ...(['batch', 'transaction'] as const).flatMap((type) => {
      const bundle = type === 'batch' ? batch : transaction;
      const entry = (method: string, url: string, resource?: object, more: object = {}): [string, string, unknown] => [
        'POST',
        '',
        bundle({ ...(resource === undefined ? {} : { resource }), request: { method, url, ...more } }),
      ];
      return [
        [`read in a ${type}`, (id: string) => entry('GET', `Observation/${id}`)],
        [`vread in a ${type}`, (id: string) => entry('GET', `Observation/${id}/_history/1`)],
        [`history in a ${type}`, (id: string) => entry('GET', `Observation/${id}/_history`)],
        [`search in a ${type}`, (id: string) => entry('GET', `Observation?_id=${id}`)],
        [`update in a ${type}`, (id: string) => entry('PUT', `Observation/${id}`, UPDATE(id))],
        [
          `update of a version in a ${type}`,
          (id: string) => entry('PUT', `Observation/${id}`, UPDATE(id), { ifMatch: 'W/"1"' }),
        ],
        [`delete in a ${type}`, (id: string) => entry('DELETE', `Observation/${id}`)],
      ] as const;
    }),
  ];

  describe.each(['lab', 'left', 'gone-lab'])('answers %s as what is absent', (id) => {
    it.each(INTERACTIONS)('by %s', async (_, interaction) => {
      const before = (await restricted.asAll('GET', `/Observation/${id}/_history`)).text;
      const records = (await restricted.gateway.records()).length;
      const [hidden, absent] = [
        await restricted.send(...interaction(id)),
        await restricted.send(...interaction('absent')),
      ];
      expect(comparable(hidden, id)).toEqual(comparable(absent, 'absent'));
      expect(hidden.text).not.toMatch(/laboratory/);
      expect((await restricted.asAll('GET', `/Observation/${id}/_history`)).text).toBe(before);
      expect((await restricted.gateway.records()).length).toBe(records);
    });
  });
});
