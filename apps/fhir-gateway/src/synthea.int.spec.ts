import { existsSync, globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { TestFhirGateway } from '../../../test/support/fhir-gateway.js';

const FOLDER = `${process.env['HOMEOSTAT_DATA'] ?? '../shared/data'}/fhir_synthea`;
const files = existsSync(FOLDER) ? globSync(`${FOLDER}/**/*.json.gz`) : [];
if (files.length === 0) console.log(`no Synthea bundles in ${FOLDER}: only the made one is sent`);

const MADE = JSON.stringify({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001',
      resource: { resourceType: 'Patient', birthDate: '1970-01-01' },
      request: { method: 'POST', url: 'Patient' },
    },
    {
      resource: {
        resourceType: 'Condition',
        subject: { reference: 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001' },
        code: { text: 'x' },
      },
      request: { method: 'POST', url: 'Condition' },
    },
  ],
});

interface Entry {
  readonly response: { readonly status: string; readonly location: string };
}

describe('whole records of patients', () => {
  const gateway = ofSuite(() => TestFhirGateway.open(4));

  it.each(['made', ...files])(
    '%s: every entry stored, references to entries resolved',
    async (file) => {
      const text = file === 'made' ? MADE : gunzipSync(readFileSync(file)).toString();
      const sent = JSON.parse(text) as { readonly entry: readonly unknown[] };
      const reply = await gateway.send('POST', '', text);
      expect(reply.json.issue ?? []).toEqual([]);
      const entries = reply.json.entry as readonly Entry[];
      expect(entries).toHaveLength(sent.entry.length);
      expect(new Set(entries.map((entry) => entry.response.status))).toEqual(new Set(['201 Created']));
      const last = await gateway.send('GET', `/${entries.at(-1)?.response.location}`);
      expect(last.status).toBe(200);
      const { rows } = await gateway.pool.query<{ content: string }>(
        `SELECT content FROM fhir_resources WHERE content LIKE '%"reference":"urn:uuid:%' LIMIT 1`,
      );
      expect(rows).toEqual([]);
    },
    30_000,
  );
});
