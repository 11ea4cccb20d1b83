import type { Pool } from 'pg';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import type { ModelOutput } from './read-forecasts.js';

/** What the ledger added up of one block. Times in ms. */
export interface BlockTally extends ModelOutput {
  /** Key of the twin. */
  readonly twin: string;
  readonly block: number;
  readonly isSettled: boolean;
  readonly tally: Uint8Array | null;
  /** The settled forecasts, of a block that is only in part within the asked time. */
  readonly content: Uint8Array | null;
}

export interface TallyFilter {
  readonly outputs: readonly (ModelOutput & { readonly lengthMs: number })[];
  /** Key of the only twin asked for. */
  readonly twin?: string | undefined;
  /** Blocks that overlap this time, ms; `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const BLOCKS_AT_ONCE = 5_000;

/** The tenant's blocks, in the order of its twins, some thousand at a time. */
export async function* blockTallies(
  pool: Pool,
  tenant: number,
  { outputs, twin, from, to }: TallyFilter,
): AsyncGenerator<readonly BlockTally[]> {
  let after: BlockTally | undefined;
  for (;;) {
    const { rows } = await pool.query<BlockTally>({
      name: 'forecast-tallies',
      text: `SELECT b.twin::text AS twin, b.model, b.code, (extract(epoch FROM b.block) * 1000)::float8 AS block, b.due_at IS NULL AS "isSettled", b.tally,
          CASE WHEN b.block < to_timestamp($5::float8 / 1000) OR b.block + u.length * interval '1 ms' > to_timestamp($6::float8 / 1000)
            THEN b.content END AS content
        FROM forecast_blocks b JOIN unnest($2::text[], $3::int2[], $4::float8[]) AS u (model, code, length) ON u.model = b.model AND u.code = b.code
        WHERE b.tenant = $1 AND ($7::int8 IS NULL OR b.twin = $7) AND b.block < to_timestamp($6::float8 / 1000)
          AND b.block > to_timestamp($5::float8 / 1000) - interval '1 day' AND b.block > to_timestamp($5::float8 / 1000) - u.length * interval '1 ms'
          AND ($8::int8 IS NULL OR (b.twin, b.model, b.code, b.block) > ($8::int8, $9::text, $10::int2, to_timestamp($11::float8 / 1000)))
        ORDER BY b.twin, b.model, b.code, b.block LIMIT ${BLOCKS_AT_ONCE}`,
      values: [
        tenant,
        textArray(outputs.map(({ model }) => model)),
        plainArray(outputs.map(({ code }) => code)),
        plainArray(outputs.map(({ lengthMs }) => lengthMs)),
        from,
        to,
        twin ?? null,
        after?.twin ?? null,
        after?.model ?? null,
        after?.code ?? null,
        after?.block ?? null,
      ],
    });
    if (rows.length > 0) yield rows;
    if (rows.length < BLOCKS_AT_ONCE) return;
    after = rows.at(-1)!;
  }
}

/** Who a twin is, for groups. null: unknown. */
export interface PersonRow {
  readonly twin: string;
  readonly patient: string;
  readonly birthDate: string | null;
  readonly gender: string | null;
}

/** The persons of these twins (keys) by newest demographics. */
export async function personsOf(pool: Pool, tenant: number, twins: readonly string[]): Promise<readonly PersonRow[]> {
  const { rows } = await pool.query<PersonRow>({
    name: 'persons-of-twins',
    text: `SELECT t.key::text AS twin, t.patient, coalesce(f.content ->> 'birthDate', t.birth_date) AS "birthDate", f.content ->> 'gender' AS gender
      FROM twins t LEFT JOIN LATERAL (
        SELECT content FROM facts WHERE tenant = t.tenant AND twin = t.key AND kind = 'demographics' AND NOT retracted
        ORDER BY version DESC LIMIT 1) f ON TRUE
      WHERE t.tenant = $1 AND t.key = ANY ($2::int8[])`,
    values: [tenant, plainArray(twins)],
  });
  return rows;
}
