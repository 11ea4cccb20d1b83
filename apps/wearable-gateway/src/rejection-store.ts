import type { Pool } from 'pg';
import type { Rejection } from '#libs/contracts';

/** A refused sample with what is needed to find it again. */
export interface NewRejection {
  readonly tenant: number;
  /** ms */
  readonly at: number;
  readonly door: 'http' | 'mqtt';
  readonly request: string;
  readonly index: number | null;
  readonly code: string;
  readonly message: string;
  readonly client: string | null;
  /** JSON, already shortened; null when it could not be read. */
  readonly sample: unknown;
}

const MOST_PER_STATEMENT = 1_000;
const MOST_WAITING = 20_000;

/**
 * Refused samples in Postgres. Writes of the same moment go in one statement, and at most {@link MOST_WAITING} wait: more are
 * counted by `onDropped` and not listed, so that a flood of bad samples can not fill the memory.
 */
export class RejectionStore {
  private waiting: NewRejection[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly onDropped: (count: number) => void,
  ) {}

  /** Resolves when the rejections are listed. They are dropped, and counted, when Postgres refuses or too many wait. */
  async write(rejections: readonly NewRejection[]): Promise<void> {
    if (rejections.length === 0) return;
    const room = Math.max(0, MOST_WAITING - this.waiting.length);
    if (room < rejections.length) this.onDropped(rejections.length - room);
    for (const rejection of rejections.slice(0, room)) this.waiting.push(rejection);
    // One statement is under way: what came meanwhile goes with the next.
    while (this.waiting.length > 0) await (this.writing ??= this.writeWaiting());
    await this.writing;
  }

  private async writeWaiting(): Promise<void> {
    const rows = this.waiting.splice(0, MOST_PER_STATEMENT);
    try {
      await this.pool.query({ name: 'write-rejections', text: INSERT, values: toColumns(rows) });
    } catch {
      this.onDropped(rows.length);
    } finally {
      this.writing = undefined;
    }
  }

  /** Newest first; `before` is the id of the last one already shown. */
  async list(
    tenant: number,
    page: { readonly limit: number; readonly before?: string },
  ): Promise<readonly Rejection[]> {
    const { rows } = await this.pool.query<Rejection>({
      name: 'list-rejections',
      text: `SELECT id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
                    door, request, "index", code, message, client, sample
             FROM rejections r WHERE tenant = $1 AND ($2::bigint IS NULL OR r.id < $2::bigint) ORDER BY r.id DESC LIMIT $3`,
      values: [tenant, page.before ?? null, page.limit],
    });
    return rows;
  }
}

const INSERT = `INSERT INTO rejections (tenant, at, door, request, "index", code, message, client, sample)
  SELECT tenant, to_timestamp(at / 1000), door, request, "index", code, message, client, sample::jsonb
  FROM unnest($1::int[], $2::float8[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS r (tenant, at, door, request, "index", code, message, client, sample)`;

function toColumns(rows: readonly NewRejection[]): unknown[][] {
  return [
    rows.map((row) => row.tenant),
    rows.map((row) => row.at),
    rows.map((row) => row.door),
    rows.map((row) => row.request),
    rows.map((row) => row.index),
    rows.map((row) => row.code),
    rows.map((row) => row.message),
    rows.map((row) => row.client),
    rows.map((row) => (row.sample === null ? null : JSON.stringify(row.sample))),
  ];
}
