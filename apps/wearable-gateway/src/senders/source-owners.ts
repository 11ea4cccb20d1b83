import type { Pool } from 'pg';

const KEPT_MS = 60_000;
const MAX_KEPT = 50_000;

/**
 * Whose the names of sources are: of the client that used one first (docs/adr/0017). A client's own id, the source of samples that
 * name none, is its own from the start. Owners do not change, so they are remembered; a batch asks only for names that are not, at most
 * three times whatever its size.
 */
export class SourceOwners {
  private readonly kept = new Map<string, { readonly client: string; readonly until: number }>();
  /** Names that are being asked for: who else wants them waits for the same answer, so that nobody overtakes who came before. */
  private readonly asking = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(
    private readonly pool: Pool,
    private readonly now: () => number,
  ) {}

  /** The owner of each source; those that nobody has used become the client's. Two clients at once: one of them, for both. */
  async resolve(tenant: number, client: string, sources: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>();
    const unknown: string[] = [];
    const answers = new Set<Promise<ReadonlyMap<string, string>>>();
    for (const source of sources) {
      const held = this.kept.get(keyOf(tenant, source));
      const asked = this.asking.get(keyOf(tenant, source));
      if (held !== undefined && held.until > this.now()) owners.set(source, held.client);
      else if (asked !== undefined) answers.add(asked);
      else unknown.push(source);
    }
    if (unknown.length > 0) {
      const answer = this.ask(tenant, client, unknown).finally(() => {
        for (const source of unknown) this.asking.delete(keyOf(tenant, source));
      });
      for (const source of unknown) this.asking.set(keyOf(tenant, source), answer);
      answers.add(answer);
    }
    for (const answer of await Promise.all(answers))
      for (const [source, owner] of answer) if (sources.has(source)) owners.set(source, owner);
    return owners;
  }

  private async ask(tenant: number, client: string, sources: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>();
    // Who was quicker while we made ours is visible only to a statement of its own.
    for (const text of [FIND, MAKE, FIND]) {
      // In one order: two batches never wait for each other in a circle.
      const left = sources.filter((source) => !owners.has(source)).sort();
      if (left.length === 0) break;
      const { rows } = await this.pool.query<{ source: string; client: string }>({
        name: text === FIND ? 'source-owners-find' : 'source-owners-make',
        text,
        values: text === FIND ? [tenant, left] : [tenant, left, client],
      });
      for (const row of rows) {
        owners.set(row.source, row.client);
        this.keep(keyOf(tenant, row.source), row.client);
      }
    }
    return owners;
  }

  private keep(key: string, client: string): void {
    this.kept.delete(key);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, { client, until: this.now() + KEPT_MS });
  }
}

function keyOf(tenant: number, source: string): string {
  return `${tenant}/${source}`;
}

const FIND = 'SELECT source, client FROM source_owners WHERE tenant = $1 AND source = ANY ($2::text[])';
const MAKE = `INSERT INTO source_owners (tenant, source, client)
  SELECT $1, w.source, coalesce(c.id, $3) FROM unnest($2::text[]) AS w (source) LEFT JOIN clients c ON c.tenant = $1 AND c.id = w.source
  ON CONFLICT DO NOTHING RETURNING source, client`;
