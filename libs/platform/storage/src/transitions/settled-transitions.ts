import type { Pool } from 'pg';

/**
 * Up to which position the stream of transitions is settled. Places are handed out when rows are written and become visible when their
 * transactions commit, in any order; a reader that went by visibility alone could pass a place that fills later. A place is settled once
 * every transaction that was running when it was handed out has ended.
 */
export class SettledTransitions {
  private upTo: bigint | undefined;
  private readonly marks: { readonly place: bigint; readonly before: bigint }[] = [];

  constructor(private readonly pool: Pool) {}

  /** Looks again; answers the newest settled place (undefined: not known yet), and whether later ones are already handed out. */
  async advance(): Promise<{ readonly upTo: bigint | undefined; readonly more: boolean }> {
    const place = await this.number(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS n FROM alert_transitions_stream_seq`,
    );
    if (place > (this.marks.at(-1)?.place ?? this.upTo ?? -1n)) {
      // A transaction id of our own, taken after the place was read: whoever holds an earlier place has a lower one. (The xmax of a
      // snapshot will not do: it is the last completed id plus one, and running transactions may be past it.)
      this.marks.push({ place, before: await this.number(`SELECT pg_current_xact_id() AS n`) });
    }
    if (this.marks.length > 0) {
      const oldestRunning = await this.number(`SELECT pg_snapshot_xmin(pg_current_snapshot()) AS n`);
      while (this.marks[0] !== undefined && this.marks[0].before <= oldestRunning)
        this.upTo = this.marks.shift()?.place;
    }
    return { upTo: this.upTo, more: this.marks.length > 0 };
  }

  private async number(query: string): Promise<bigint> {
    const { rows } = await this.pool.query<{ n: string }>(query);
    return BigInt((rows[0] as { n: string }).n);
  }
}
