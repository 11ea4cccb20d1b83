import type { Pool } from 'pg';
import { inTransaction } from '../postgres/in-transaction.js';

const STEP = 200;

interface Place {
  readonly tenant: number;
  readonly type: number;
  readonly parameter: number;
  readonly text: string;
}

const UNUSED = 'NOT EXISTS (SELECT FROM fhir_search s WHERE s.keys @> ARRAY[t.key])';

/**
 * Removes shared texts that no resource has any more, in steps. A writer that found its text there relies on it without a lock on the row: so
 * nobody writes texts while those that look unused are looked at again and removed, which takes some milliseconds.
 *
 * @returns how many it removed
 */
export async function removeUnusedTexts(pool: Pool): Promise<number> {
  let removed = 0;
  let after: Place = { tenant: 0, type: 0, parameter: 0, text: '' };
  for (;;) {
    const { rows } = await pool.query<Place & { unused: boolean }>(
      `SELECT t.tenant, t.type, t.parameter, t.text, ${UNUSED} AS unused FROM fhir_search_texts t
       WHERE (t.tenant, t.type, t.parameter, t.text) > ($1::int, $2::int2, $3::int, $4::text COLLATE "C")
       ORDER BY t.tenant, t.type, t.parameter, t.text LIMIT ${STEP}`,
      [after.tenant, after.type, after.parameter, after.text],
    );
    const unused = rows.filter((row) => row.unused);
    if (unused.length > 0) removed += await remove(pool, unused);
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP) return removed;
    after = last;
  }
}

function remove(pool: Pool, unused: readonly Place[]): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = '2s'`);
    await client.query('LOCK TABLE fhir_search_texts IN SHARE ROW EXCLUSIVE MODE');
    const { rowCount } = await client.query(
      `DELETE FROM fhir_search_texts t USING unnest($1::int[], $2::int[], $3::int[], $4::text[]) AS w (tenant, type, parameter, text)
       WHERE t.tenant = w.tenant AND t.type = w.type AND t.parameter = w.parameter AND t.text = w.text AND ${UNUSED}`,
      [
        unused.map(({ tenant }) => tenant),
        unused.map(({ type }) => type),
        unused.map(({ parameter }) => parameter),
        unused.map(({ text }) => text),
      ],
    );
    return rowCount ?? 0;
  });
}
