import type { PoolClient } from 'pg';
import { matches, searchValuesOf, type Condition } from '#libs/fhir-search';
import { markedObservation, storedObservation, type MeasuredValue, type StoredResource } from '#libs/fhir-rest';
import type { DerivedStream } from '../derived/derived-stream.js';
import { MEASURED_COLUMNS, NEWEST_JUDGEMENT, STORED_SOURCE } from './measured-row.js';
import type { MeasuredScope } from './measured-scope.js';

/** Place in the order of measurements: effective time (ms), twin, catalogue number, identity. */
export interface MeasuredPlace {
  readonly at: number;
  readonly twin: string;
  readonly code: number;
  readonly identity: string;
}

export interface MeasuredMatch {
  readonly place: MeasuredPlace;
  readonly resource: StoredResource;
}

export interface Wanted {
  readonly scope: MeasuredScope;
  /** All lists of one of which must hold. */
  readonly alternatives: readonly (readonly Condition[])[];
  readonly descending: boolean;
}

/** Rows that are read at once. */
const BATCH = { least: 50, most: 500 };
/** Rows that are read at most for one page: what came as FHIR is among them and is passed over. */
const MAX_ROWS = 5_000;

/** Current measurements of wearable senders that meet the conditions, in order, read as far as they are asked for. */
export class MeasuredStream implements DerivedStream<MeasuredPlace> {
  private buffer: MeasuredMatch[] = [];
  private exhausted: boolean;
  private read = 0;
  private readonly batch: number;

  constructor(
    private readonly client: PoolClient,
    private readonly tenant: number,
    private readonly wanted: Wanted,
    /** The last place that was passed. */
    private passed: MeasuredPlace | undefined,
    private readonly limits: { readonly count: number; readonly maxRows?: number },
  ) {
    this.batch = Math.min(Math.max(limits.count + 1, BATCH.least), BATCH.most);
    const { scope } = wanted;
    this.exhausted = scope.codes.length === 0 || scope.patients.length === 0 || scope.from > scope.to;
  }

  /** The next match, which stays the next until it is taken; undefined when there is none or the rows of a page are used up. */
  async peek(): Promise<MeasuredMatch | undefined> {
    while (this.buffer.length === 0 && !this.exhausted && this.read < (this.limits.maxRows ?? MAX_ROWS))
      await this.fill();
    return this.buffer[0];
  }

  take(): void {
    const taken = this.buffer.shift();
    if (taken !== undefined) this.taken = taken.place;
  }

  private taken: MeasuredPlace | undefined;

  /** Whether every match was taken. */
  get isDone(): boolean {
    return this.exhausted && this.buffer.length === 0;
  }

  /** Up to where matches were taken and everything else was looked at. */
  get position(): MeasuredPlace | undefined {
    return this.buffer.length === 0 ? this.passed : (this.taken ?? this.begun);
  }

  private begun: MeasuredPlace | undefined;

  private async fill(): Promise<void> {
    if (this.read === 0) this.begun = this.passed;
    const rows = await this.rows();
    this.read += rows.length;
    if (rows.length < this.batch) this.exhausted = true;
    const last = rows.at(-1);
    if (last !== undefined) this.passed = placeOf(last);
    for (const row of rows) {
      if (row.source === STORED_SOURCE) continue;
      const resource = markedObservation(row);
      const values = searchValuesOf(resource);
      const fits = this.wanted.alternatives.some((conditions) => matches(resource, values, conditions) === 'yes');
      if (fits) this.buffer.push({ place: placeOf(row), resource: storedObservation(row) });
    }
  }

  private async rows(): Promise<readonly MeasuredValue[]> {
    const { scope, descending } = this.wanted;
    const { patients, codes, from, to } = scope;
    const { passed } = this;
    const { rows } = await this.client.query<MeasuredValue>({
      name: descending ? 'measured-page-descending' : 'measured-page',
      text: descending ? DESCENDING : ASCENDING,
      values: [
        this.tenant,
        patients,
        codes,
        from,
        to,
        this.batch,
        passed?.at ?? null,
        passed?.twin ?? '0',
        passed?.code ?? 0,
        passed?.identity ?? '00000000-0000-0000-0000-000000000000',
      ],
    });
    return rows;
  }
}

function placeOf({ effectiveAt, twin, code, identity }: MeasuredValue): MeasuredPlace {
  return { at: effectiveAt, twin, code, identity };
}

/** Each patient and measure is read along the primary key, and the few are merged. */
function pageSql(direction: 'ASC' | 'DESC', behind: '>' | '<'): string {
  const bound =
    behind === '>'
      ? `effective_at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND effective_at <= to_timestamp($5::float8 / 1000)`
      : `effective_at >= to_timestamp($4::float8 / 1000) AND effective_at <= to_timestamp(least($5::float8, $7::float8) / 1000)`;
  return `SELECT ${MEASURED_COLUMNS}
    FROM (
      SELECT n.* FROM twins w, unnest($3::int2[]) AS c (code), LATERAL (
        SELECT * FROM measurements
        WHERE tenant = $1 AND twin = w.key AND code = c.code AND superseded_at IS NULL AND ${bound}
          AND ($7::float8 IS NULL
            OR (effective_at, twin, code, identity) ${behind} (to_timestamp($7::float8 / 1000), $8::int8, $9::int2, $10::uuid))
        ORDER BY effective_at ${direction}, identity ${direction} LIMIT $6) n
      WHERE w.tenant = $1 AND w.patient = ANY ($2::text[])
      ORDER BY n.effective_at ${direction}, n.twin ${direction}, n.code ${direction}, n.identity ${direction} LIMIT $6) m
    JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin
    JOIN sources s ON s.tenant = m.tenant AND s.key = m.source
    ${NEWEST_JUDGEMENT}
    ORDER BY m.effective_at ${direction}, m.twin ${direction}, m.code ${direction}, m.identity ${direction}`;
}

const ASCENDING = pageSql('ASC', '>');
const DESCENDING = pageSql('DESC', '<');

/** Whether the tenant has senders other than FHIR: without one there is nothing to look for. */
export async function hasWearables(client: PoolClient, tenant: number): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>({
    name: 'measured-any',
    text: `SELECT EXISTS (SELECT FROM sources WHERE tenant = $1 AND source < '${STORED_SOURCE}')
      OR EXISTS (SELECT FROM sources WHERE tenant = $1 AND source > '${STORED_SOURCE}') AS has`,
    values: [tenant],
  });
  return rows[0]?.has ?? false;
}
