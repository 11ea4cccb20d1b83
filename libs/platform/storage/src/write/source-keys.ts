import type { ClientBase } from 'pg';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

export interface SourceName {
  readonly tenant: number;
  readonly source: string;
  readonly device: string;
}

const MAX_KEYS = 200_000;

/**
 * Keys of the table `sources`, which stand in every measurement. Keys made in a transaction are kept only once it has
 * committed: after a rollback they point at nothing.
 */
export class SourceKeys {
  private keys = new Map<string, number>();

  /** Finds or makes the keys. Answers what to call with each name, and `settle`, to be called after the commit. */
  async resolve(
    client: ClientBase,
    names: Iterable<SourceName>,
  ): Promise<{ readonly keyOf: (name: SourceName) => number; readonly settle: () => void }> {
    const unknown = new Map<string, SourceName>();
    for (const name of names) {
      const id = idOf(name);
      if (!this.keys.has(id)) unknown.set(id, name);
    }
    const fresh = unknown.size === 0 ? new Map<string, number>() : await findOrMake(client, unknown);
    return {
      keyOf: (name) => {
        const id = idOf(name);
        const key = fresh.get(id) ?? this.keys.get(id);
        if (key === undefined) throw new Error('a source was not resolved');
        return key;
      },
      settle: () => {
        if (this.keys.size + fresh.size > MAX_KEYS) this.keys = new Map();
        for (const [id, key] of fresh) this.keys.set(id, key);
      },
    };
  }
}

async function findOrMake(
  client: ClientBase,
  unknown: ReadonlyMap<string, SourceName>,
): Promise<ReadonlyMap<string, number>> {
  const keys = new Map<string, number>();
  const wanted = [...unknown].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
  for (const text of [FIND, MAKE, FIND]) {
    const left = wanted.filter((name) => !keys.has(idOf(name)));
    if (left.length === 0) break;
    const { rows } = await client.query<SourceName & { key: number }>({
      name: text === FIND ? 'sources-find' : 'sources-make',
      text,
      values: [
        plainArray(left.map((name) => name.tenant)),
        textArray(left.map((name) => name.source)),
        textArray(left.map((name) => name.device)),
      ],
    });
    for (const row of rows) keys.set(idOf(row), row.key);
  }
  return keys;
}

const NAMES = 'unnest($1::int4[], $2::text[], $3::text[]) AS u (tenant, source, device)';
const FIND = `SELECT s.tenant, s.source, s.device, s.key FROM ${NAMES}
  JOIN sources s ON s.tenant = u.tenant AND s.source = u.source AND s.device = u.device`;
const MAKE = `INSERT INTO sources AS s (tenant, source, device) SELECT u.tenant, u.source, u.device FROM ${NAMES}
  ON CONFLICT DO NOTHING RETURNING s.tenant, s.source, s.device, s.key`;

function idOf({ tenant, source, device }: SourceName): string {
  return `${tenant}\n${source}\n${device}`;
}
