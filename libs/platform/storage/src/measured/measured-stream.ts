import type { PoolClient } from 'pg';
import { matches, searchValuesOf, type Condition } from '#libs/fhir-search';
import { markedObservation, storedObservation, type MeasuredValue, type StoredResource } from '#libs/fhir-rest';
import type { DerivedStream } from '../derived/derived-stream.js';
import { STORED_SOURCE } from './measured-row.js';
import type { MeasuredScope } from './measured-scope.js';
import { placeOf, rowSource, type MeasuredPlace, type RowSource } from './row-source.js';

export class MeasuredMatch {
  constructor(
    readonly place: MeasuredPlace,
    private readonly row: MeasuredValue,
  ) {}

  /** Its text is made when it is on a page: those that are only counted need none. */
  get resource(): StoredResource {
    return storedObservation(this.row);
  }
}

export interface Wanted {
  readonly scope: MeasuredScope;
  /** The same, as it is counted: where the order is no matter, a walk over all twins costs less. */
  readonly counted: MeasuredScope;
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
  private exhausted = false;
  private looked = 0;
  private readonly next: RowSource;

  constructor(
    client: PoolClient,
    tenant: number,
    private readonly wanted: Wanted,
    /** The last place that was passed. */
    private passed: MeasuredPlace | undefined,
    private readonly limits: { readonly count: number; readonly maxRows?: number },
  ) {
    const batch = Math.min(Math.max(limits.count + 1, BATCH.least), BATCH.most);
    const { scope, descending } = wanted;
    this.next = rowSource({ client, tenant, scope, descending, batch });
    this.begun = passed;
  }

  /** The next match, which stays the next until it is taken; undefined when there is none or the rows of a page are used up. */
  async peek(): Promise<MeasuredMatch | undefined> {
    while (this.buffer.length === 0 && !this.exhausted && this.looked < (this.limits.maxRows ?? MAX_ROWS))
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
    const { rows, passed, isLast, looked } = await this.next(this.passed);
    this.looked += Math.max(looked, 1);
    this.exhausted = isLast;
    this.passed = passed;
    for (const row of rows) {
      if (row.source === STORED_SOURCE) continue;
      const resource = markedObservation(row);
      const values = searchValuesOf(resource);
      const fits = this.wanted.alternatives.some((conditions) => matches(resource, values, conditions) === 'yes');
      if (fits) this.buffer.push(new MeasuredMatch(placeOf(row), row));
    }
  }
}
