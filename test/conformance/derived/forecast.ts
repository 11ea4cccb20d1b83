import assert from 'node:assert/strict';
import { matchesOf, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import type { Any, Server } from '../server.js';
import { pagesOf, readOnly, valid } from './measured.js';

async function forecasts(server: Server, more = ''): Promise<readonly Any[]> {
  return pagesOf(server, `/RiskAssessment?patient=${server.options.monitored}${more}`);
}

async function some(server: Server): Promise<readonly Any[]> {
  const found = await forecasts(server);
  assert.ok(found.length > 0, 'the patient has forecasts');
  return found;
}

export const FORECAST = requirements('derived', 'DER', [
  {
    id: 20,
    source: 'riskassessment.html',
    title: 'a forecast is a valid RiskAssessment: method, time, and predictions with probability and period',
    needs: 'monitored',
    check: async (server) => {
      for (const one of await some(server)) {
        await valid(server, one);
        assert.equal(one.subject.reference, `Patient/${server.options.monitored}`);
        assert.ok(one.method.coding[0].code !== undefined && one.method.coding[0].version !== undefined);
        const issued = Date.parse(one.occurrenceDateTime);
        for (const { outcome, probabilityDecimal, whenPeriod } of one.prediction as readonly Any[]) {
          assert.ok(outcome.coding[0].code !== undefined && !/^measure \d/.test(outcome.text), outcome.text);
          assert.ok(probabilityDecimal >= 0 && probabilityDecimal <= 100);
          assert.ok(Date.parse(whenPeriod.end) > issued, 'it is about what comes');
        }
      }
    },
  },
  {
    id: 21,
    source: 'search.html',
    title: 'they are found by patient, method, date and probability, and sorted by date',
    needs: 'monitored',
    check: async (server) => {
      const all = await some(server);
      const [{ id, method, occurrenceDateTime }] = all;
      const by = async (query: string): Promise<readonly string[]> =>
        (await forecasts(server, `&${query}`)).map((one) => one.id);
      assert.ok((await by(`method=${method.coding[0].code}`)).includes(id));
      assert.ok(!(await by(`method:not=${method.coding[0].code}`)).includes(id));
      assert.ok((await by(`date=${occurrenceDateTime}`)).includes(id));
      assert.ok((await by('probability=ge0')).includes(id));
      for (const sort of ['date', '-date']) {
        const sorted = await forecasts(server, `&_sort=${sort}&_count=1`);
        const times = sorted.map((one) => Date.parse(one.occurrenceDateTime));
        assert.deepEqual(
          times,
          times.toSorted((a, b) => (sort === 'date' ? a - b : b - a)),
        );
        assert.equal(new Set(sorted.map((one) => one.id)).size, all.length);
      }
    },
  },
  {
    id: 22,
    source: 'http.html#history',
    title: 'forecasts of before are its history',
    needs: 'monitored',
    check: async (server) => {
      const [{ id }] = await some(server);
      const history = await server.get(`/RiskAssessment/${id}/_history?_count=5`);
      status(history, 200);
      const versions: readonly number[] = history.body.entry.map(({ resource }: Any) =>
        Number(resource.meta.versionId),
      );
      assert.ok(versions.length > 1, 'there are several');
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => b - a),
      );
      const older = history.body.entry[1].resource;
      const read = await server.get(`/RiskAssessment/${id}/_history/${older.meta.versionId}`);
      assert.deepEqual(read.body, older);
    },
  },
  {
    id: 23,
    source: 'provenance.html',
    title: 'a Provenance says which model made it; both are in $everything of the patient',
    needs: 'monitored',
    check: async (server) => {
      const [{ id }] = await some(server);
      const [provenance] = matchesOf(await server.get(`/Provenance?target=RiskAssessment/${id}`));
      assert.ok(provenance !== undefined, 'there is a Provenance');
      await valid(server, (await server.get(`/Provenance/${provenance}`)).body);
      const everything = await pagesOf(server, `/Patient/${server.options.monitored}/$everything?_type=RiskAssessment`);
      assert.ok(everything.some((one) => one.id === id));
    },
  },
  {
    id: 24,
    source: 'http.html',
    title: 'they are read-only, by every way of writing',
    needs: 'monitored',
    check: async (server) => readOnly(server, (await some(server))[0]),
  },
]);
