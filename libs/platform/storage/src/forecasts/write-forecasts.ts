import type { ClientBase } from 'pg';
import type { WireModelStatus, WireParameters } from '#libs/contracts';
import { binaryBytesArray, binaryTextArray, plainArray, textArray } from '../postgres/pg-arrays.js';
import { sentTogether } from '../postgres/sent-together.js';

/** Which forecasts: of one person, model and measure (catalogue number). `twin` is its key. */
export interface ForecastPlace {
  readonly tenant: number;
  readonly twin: string;
  readonly model: string;
  readonly code: number;
}

/** A forecast, or a refusal of a model. Times in ms. */
export interface ForecastWrite extends ForecastPlace {
  /** Of the twin after the record that made it. */
  readonly version: number;
  /** Start of the block of the ledger that it belongs to. */
  readonly block: number;
  readonly issuedAt: number;
  /** Packed; null: the model refused. */
  readonly content: Uint8Array | null;
  readonly refusal: string | null;
  /** The explanation, or why the model refused. */
  readonly words: string;
  /** The ledger scores it. */
  readonly scored: boolean;
  /** The ledger may not know the block yet. */
  readonly isFirst: boolean;
}

/** Writes what models said, in one statement, and lists blocks that the ledger may not know. `recorded_at` is the time of the transaction. */
export async function writeForecasts(client: ClientBase, writes: readonly ForecastWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const first = blocksOf(writes);
  await sentTogether([insert(client, writes), ...(first.length === 0 ? [] : [list(client, first)])]);
}

async function insert(client: ClientBase, writes: readonly ForecastWrite[]): Promise<void> {
  await client.query({
    name: 'forecasts-insert',
    // A twin that was made anew counts its versions anew.
    text: `INSERT INTO forecasts (tenant, twin, model, code, version, block, issued_at, recorded_at, content, refusal, words, scored)
      SELECT u.tenant, u.twin, u.model, u.code, u.version, to_timestamp(u.block / 1000), to_timestamp(u.issued / 1000), now(),
        u.content, u.refusal, u.words, u.scored
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::int8[], $6::float8[], $7::float8[], $8::bytea[], $9::text[], $10::text[], $11::bool[])
        AS u (tenant, twin, model, code, version, block, issued, content, refusal, words, scored)
      ON CONFLICT DO NOTHING`,
    values: [
      ...placesOf(writes),
      plainArray(writes.map(({ version }) => version)),
      plainArray(writes.map(({ block }) => block)),
      plainArray(writes.map(({ issuedAt }) => issuedAt)),
      binaryBytesArray(writes.map(({ content }) => content)),
      textArray(writes.map(({ refusal }) => refusal)),
      binaryTextArray(writes.map(({ words }) => words)),
      plainArray(writes.map(({ scored }) => (scored ? 't' : 'f'))),
    ],
  });
}

async function list(client: ClientBase, writes: readonly ForecastWrite[]): Promise<void> {
  await client.query({
    name: 'forecast-blocks-list',
    text: `INSERT INTO forecast_blocks (tenant, twin, model, code, block, created_at, due_at)
      SELECT u.tenant, u.twin, u.model, u.code, to_timestamp(u.block / 1000), now(), now()
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::float8[]) AS u (tenant, twin, model, code, block)
      ON CONFLICT (tenant, twin, model, code, block) DO UPDATE SET due_at = now() WHERE forecast_blocks.due_at IS NULL`,
    values: [...placesOf(writes), plainArray(writes.map(({ block }) => block))],
  });
}

function placesOf(writes: readonly ForecastPlace[]): string[] {
  return [
    plainArray(writes.map(({ tenant }) => tenant)),
    plainArray(writes.map(({ twin }) => twin)),
    textArray(writes.map(({ model }) => model)),
    plainArray(writes.map(({ code }) => code)),
  ];
}

function blocksOf(writes: readonly ForecastWrite[]): readonly ForecastWrite[] {
  const blocks = new Map<string, ForecastWrite>();
  for (const write of writes) {
    if (!write.isFirst) continue;
    const { tenant, twin, model, code, block } = write;
    blocks.set(`${tenant}/${twin}/${model}/${code}/${block}`, write);
  }
  return [...blocks.values()];
}

interface OfTwin {
  readonly tenant: number;
  readonly twin: string;
  /** Of the twin after the record. */
  readonly version: number;
}

export interface ParametersWrite extends OfTwin {
  readonly parameters: WireParameters & { readonly at: number };
}

export interface StatusWrite extends OfTwin {
  readonly patient: string;
  readonly status: WireModelStatus & { readonly at: number };
}

/** Parameters fitted to persons, as records of the log brought them. */
export async function writeParameters(client: ClientBase, writes: readonly ParametersWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await client.query({
    name: 'model-parameters-insert',
    text: `INSERT INTO model_parameters (tenant, twin, model, version, received_at, recorded_at, content)
      SELECT u.tenant, u.twin, u.model, u.version, to_timestamp(u.at / 1000), now(), u.content::jsonb
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int4[], $5::float8[], $6::text[])
        AS u (tenant, twin, model, version, at, content)
      ON CONFLICT DO NOTHING`,
    values: [
      plainArray(writes.map(({ tenant }) => tenant)),
      plainArray(writes.map(({ twin }) => twin)),
      textArray(writes.map(({ parameters }) => parameters.model)),
      plainArray(writes.map(({ parameters }) => parameters.version)),
      plainArray(writes.map(({ parameters }) => parameters.at)),
      textArray(writes.map(({ parameters }) => JSON.stringify({ ...parameters, at: undefined }))),
    ],
  });
}

/** What the ledger said of models for persons, and the entry of it in the audit. */
export async function writeStatuses(client: ClientBase, writes: readonly StatusWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const all = writes.map(({ status }) => status);
  await client.query({
    name: 'model-statuses-insert',
    text: `WITH u AS (SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::int8[], $6::float8[], $7::text[], $8::text[],
          $9::float8[], $10::int4[], $11::text[])
        AS u (tenant, twin, model, code, version, at, status, reason, skill, n, patient)),
      said AS (
        INSERT INTO model_statuses (tenant, twin, model, code, version, received_at, recorded_at, status, reason, skill, n)
        SELECT u.tenant, u.twin, u.model, u.code, u.version, to_timestamp(u.at / 1000), now(), u.status, u.reason, u.skill, u.n FROM u
        ON CONFLICT DO NOTHING RETURNING *)
      INSERT INTO audit (tenant, id, at, actor, act, target, detail)
      SELECT said.tenant, gen_random_uuid(), now(), 'prediction-ledger', 'model-' || said.status, 'Patient/' || u.patient,
        jsonb_build_object('model', said.model, 'code', said.code, 'reason', said.reason, 'skill', said.skill, 'n', said.n)
      FROM said JOIN u ON u.tenant = said.tenant AND u.twin = said.twin AND u.model = said.model AND u.code = said.code AND u.version = said.version`,
    values: [
      plainArray(writes.map(({ tenant }) => tenant)),
      plainArray(writes.map(({ twin }) => twin)),
      textArray(all.map(({ model }) => model)),
      plainArray(all.map(({ code }) => code)),
      plainArray(writes.map(({ version }) => version)),
      plainArray(all.map(({ at }) => at)),
      textArray(all.map(({ status }) => status)),
      textArray(all.map(({ reason }) => reason)),
      plainArray(all.map(({ skill }) => skill)),
      plainArray(all.map(({ n }) => n)),
      textArray(writes.map(({ patient }) => patient)),
    ],
  });
}
