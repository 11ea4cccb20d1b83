import type { PoolClient } from 'pg';
import { int8 } from './hash-keys.js';
import type { IndexRow } from './index-row.js';
import { SEARCH_SCHEME, typeCode } from './search-scheme.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** A resource's rows with the number that it has in the index. */
export interface Indexed {
  readonly seq: string;
  readonly row: IndexRow;
}

/** A resource that is to leave the index. */
export interface Removed {
  readonly type: string;
  readonly id: string;
  readonly seq: string;
}

const ROWS = `unnest($2::int[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::text[])
  AS w (type, seq, id, self, updated, patient, date_from, date_to, present, many, keys)`;

const INSERT = `
INSERT INTO fhir_search (tenant, type, seq, scheme, id, self, updated, patient, date_from, date_to, present, many, keys)
SELECT $1, type, seq, ${SEARCH_SCHEME}, id, self, updated, patient, date_from, date_to, present, many, keys::bigint[] FROM ${ROWS}`;

const UPDATE = `
UPDATE fhir_search s
SET scheme = ${SEARCH_SCHEME}, updated = w.updated, patient = w.patient, date_from = w.date_from, date_to = w.date_to,
  present = w.present, many = w.many, keys = w.keys::bigint[]
FROM ${ROWS}
WHERE s.tenant = $1 AND s.type = w.type AND s.seq = w.seq`;

const CLEAR = `
DELETE FROM fhir_search_values v USING unnest($2::int[], $3::bigint[]) AS w (type, seq)
WHERE v.tenant = $1 AND v.type = w.type AND v.seq = w.seq`;

const REMOVE = `
DELETE FROM fhir_search s USING unnest($2::int[], $3::bigint[]) AS w (type, seq)
WHERE s.tenant = $1 AND s.type = w.type AND s.seq = w.seq`;

// Rows of what a resource contains have no place of their own in fhir_resources: they are found by the name of that resource.
const CLEAR_CONTAINED = `
WITH gone AS (
  DELETE FROM fhir_search s USING unnest($2::text[]) AS w (name)
  WHERE s.tenant = $1 AND s.id = w.name AND s.type < 0 RETURNING s.type, s.seq)
DELETE FROM fhir_search_values v USING gone WHERE v.tenant = $1 AND v.type = gone.type AND v.seq = gone.seq`;

const VALUES = `
INSERT INTO fhir_search_values
  (tenant, type, seq, position, parameter, composed, text, unit, low, high, sent_low, sent_high, keys)
SELECT $1, type, seq, position, parameter, composed, text, unit, low, high, sent_low, sent_high, keys::bigint[]
FROM unnest($2::int[], $3::bigint[], $4::int[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::float8[], $10::float8[],
    $11::float8[], $12::float8[], $13::text[])
  AS w (type, seq, position, parameter, composed, text, unit, low, high, sent_low, sent_high, keys)`;

// In the order of the key: two requests that bring the same new texts do not wait for each other in a circle.
const TEXTS = `
INSERT INTO fhir_search_texts (tenant, type, parameter, text, key)
SELECT $1, * FROM unnest($2::int[], $3::int[], $4::text[], $5::bigint[]) AS w (type, parameter, text, key)
ORDER BY type, parameter, text COLLATE "C"
ON CONFLICT DO NOTHING`;

/** The statements that index new resources; a resource has a number that none had before. */
export function insertIndexed(client: PoolClient, tenant: number, indexed: readonly Indexed[]): Promise<unknown>[] {
  if (indexed.length === 0) return [];
  return [
    client.query({ name: 'fhir-search-insert', text: INSERT, values: [tenant, ...columns(indexed)] }),
    ...insertBeside(client, tenant, indexed),
  ];
}

/** The statements that put new rows in place of those of earlier versions. */
export function replaceIndexed(client: PoolClient, tenant: number, indexed: readonly Indexed[]): Promise<unknown>[] {
  if (indexed.length === 0) return [];
  return [
    client.query({ name: 'fhir-search-update', text: UPDATE, values: [tenant, ...columns(indexed)] }),
    client.query({ name: 'fhir-search-clear', text: CLEAR, values: [tenant, ...keysOf(indexed)] }),
    clearContained(
      client,
      tenant,
      indexed.map(({ row }) => row),
    ),
    ...insertBeside(client, tenant, indexed),
  ];
}

/** The statements that take resources out of the index. */
export function removeIndexed(client: PoolClient, tenant: number, removed: readonly Removed[]): Promise<unknown>[] {
  if (removed.length === 0) return [];
  const values = [
    tenant,
    plainArray(removed.map(({ type }) => typeCode(type))),
    plainArray(removed.map(({ seq }) => seq)),
  ];
  return [
    client.query({ name: 'fhir-search-remove', text: REMOVE, values }),
    client.query({ name: 'fhir-search-clear', text: CLEAR, values }),
    clearContained(client, tenant, removed),
  ];
}

function clearContained(
  client: PoolClient,
  tenant: number,
  containers: readonly { readonly type: string; readonly id: string }[],
): Promise<unknown> {
  const names = containers.map(({ type, id }) => `${type}/${id}`);
  return client.query({
    name: 'fhir-search-clear-contained',
    text: CLEAR_CONTAINED,
    values: [tenant, textArray(names)],
  });
}

function insertBeside(client: PoolClient, tenant: number, indexed: readonly Indexed[]): Promise<unknown>[] {
  const rows = indexed.flatMap(({ seq, row: { code, values } }) =>
    values.map((value, position) => ({ ...value, position, seq, type: code })),
  );
  const texts = distinctTexts(indexed);
  return [
    ...(rows.length === 0
      ? []
      : [
          client.query({
            name: 'fhir-search-values',
            text: VALUES,
            values: [
              tenant,
              plainArray(rows.map((one) => one.type)),
              plainArray(rows.map((one) => one.seq)),
              plainArray(rows.map((one) => one.position)),
              plainArray(rows.map((one) => one.parameter)),
              plainArray(rows.map((one) => one.composed)),
              textArray(rows.map((one) => one.text)),
              plainArray(rows.map((one) => (one.unit === undefined ? undefined : int8(one.unit)))),
              plainArray(rows.map((one) => one.low)),
              plainArray(rows.map((one) => one.high)),
              plainArray(rows.map((one) => one.sentLow)),
              plainArray(rows.map((one) => one.sentHigh)),
              textArray(rows.map((one) => (one.keys === undefined ? undefined : plainArray(one.keys.map(int8))))),
            ],
          }),
        ]),
    ...(texts.length === 0
      ? []
      : [
          client.query({
            name: 'fhir-search-texts',
            text: TEXTS,
            values: [
              tenant,
              plainArray(texts.map((one) => one.type)),
              plainArray(texts.map((one) => one.parameter)),
              textArray(texts.map((one) => one.text)),
              plainArray(texts.map((one) => int8(one.key))),
            ],
          }),
        ]),
  ];
}

function distinctTexts(indexed: readonly Indexed[]): { type: number; parameter: number; text: string; key: bigint }[] {
  const texts = new Map<bigint, { type: number; parameter: number; text: string; key: bigint }>();
  for (const { row } of indexed) {
    for (const text of row.texts) if (!texts.has(text.key)) texts.set(text.key, { ...text, type: typeCode(row.type) });
  }
  return [...texts.values()];
}

function columns(indexed: readonly Indexed[]): unknown[] {
  const rows = indexed.map(({ row }) => row);
  return [
    ...keysOf(indexed),
    textArray(rows.map((row) => row.id)),
    plainArray(rows.map((row) => row.self)),
    plainArray(rows.map((row) => row.updated)),
    plainArray(rows.map((row) => row.patient)),
    plainArray(rows.map((row) => row.dateFrom)),
    plainArray(rows.map((row) => row.dateTo)),
    plainArray(rows.map((row) => row.present)),
    plainArray(rows.map((row) => row.many)),
    textArray(rows.map((row) => row.keys)),
  ];
}

function keysOf(indexed: readonly Indexed[]): [string, string] {
  return [plainArray(indexed.map(({ row }) => row.code)), plainArray(indexed.map(({ seq }) => seq))];
}
