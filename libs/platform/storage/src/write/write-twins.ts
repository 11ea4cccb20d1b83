import type { ClientBase } from 'pg';
import { binaryTextArray, plainArray } from '../postgres/pg-arrays.js';

export interface TwinWrite {
  readonly tenant: number;
  readonly key: string;
  /** The version that was read; the row must still have it. */
  readonly expected: number;
  readonly version: number;
  /** ms */
  readonly asOf: number | null;
  readonly snapshot: string;
}

/** Somebody else moved a twin on; nothing of the transaction may stay. */
export class TwinConflictError extends Error {
  override readonly name = 'TwinConflictError';
  /** SQLSTATE of a lost race (40001 serialization_failure), so that it is handled as one: rolled back and tried again. */
  readonly code = '40001';
}

/** @throws TwinConflictError when a twin has another version than expected */
export async function writeTwins(client: ClientBase, writes: readonly TwinWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const { rowCount } = await client.query({
    name: 'twins-write',
    text: `UPDATE twins AS t SET version = u.version, as_of = to_timestamp(u.as_of / 1000), snapshot = u.snapshot, updated_at = now()
      FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::float8[], $6::text[])
        AS u (tenant, key, expected, version, as_of, snapshot)
      WHERE t.tenant = u.tenant AND t.key = u.key AND t.version = u.expected`,
    values: [
      plainArray(writes.map((write) => write.tenant)),
      plainArray(writes.map((write) => write.key)),
      plainArray(writes.map((write) => write.expected)),
      plainArray(writes.map((write) => write.version)),
      plainArray(writes.map((write) => write.asOf)),
      binaryTextArray(writes.map((write) => write.snapshot)),
    ],
  });
  if (rowCount !== writes.length) throw new TwinConflictError('a twin was moved on by another engine');
}
