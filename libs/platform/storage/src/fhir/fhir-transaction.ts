import type { PoolClient } from 'pg';
import type { SearchQuery } from '#libs/fhir-search';
import { writeDeviceUses } from './device-assignments.js';
import {
  type FhirKnown,
  type FhirLookups,
  type HistoryPage,
  type HistoryRequest,
  type Queries,
  type SearchAccess,
  type SearchPage,
  lookupsWith,
  matchesStand,
  SearchRefusedError,
  type ResourceChange,
  type StoredResource,
  type VersionPlace,
} from '#libs/fhir-rest';
import { ForecastStore } from '../forecast-resources/forecast-store.js';
import type { ForecastSource } from '../forecast-resources/forecast-values.js';
import { readHistory } from './fhir-history.js';
import { readEach } from './read-each.js';
import { hold, MatchesChangedError, searchConditions } from './conditions.js';
import { columns, indexColumns, patchedColumn, removedColumns, sideColumns } from './change-columns.js';
import { toStored, type Row } from './fhir-row.js';
import { lookUp } from './look-up.js';
import { byKeyAndVersion, foldByResource, keyOf, sameResource } from './newest-changes.js';
import { lastOfEachWithin } from '../search/last-of-each.js';
import { MAX_SEARCH_MS, orTooCostly, searchPageWithin } from '../search/search-page.js';
import { READ_VERSION } from './fhir-store-statements.js';
import { INSERT, PASSED, UPDATE } from './fhir-statements.js';
import { insertRejections, removeRejections, type NewRejection } from '../tenants/rejections.js';
import { MeasuredStore } from '../measured/measured-store.js';
import { planIndex, type IndexPlan } from '../search-index/plan-index.js';
import { insertIndexed, removeIndexed, replaceIndexed } from '../search-index/write-search.js';
import { sentTogether } from '../postgres/sent-together.js';

/** The statements of one request, on its one connection. */
export class FhirTransaction {
  /** Number in the search index of the resources that were looked up, by `Type/id`. */
  private readonly searchKeys = new Map<string, string>();

  constructor(
    /** For appending to the log in the same transaction, after {@link write}. */
    readonly client: PoolClient,
    /** Whose forecasts searches and reads find. */
    private readonly forecasts: readonly ForecastSource[] = [],
    /** What is left for searches, ms. */
    private searchMsLeft = MAX_SEARCH_MS,
  ) {}

  /** Sent ahead of all else that the request asks or writes, and not waited for alone. */
  private held: Promise<void> = Promise.resolve();

  /**
   * Everything the request must know: in one round trip (none when there is nothing to ask), and in one more when conditions have to be
   * searched for before.
   *
   * @throws MatchesChangedError when others changed what a condition found before it was locked
   */
  async look(tenant: number, asked: FhirLookups): Promise<FhirKnown> {
    this.held = hold(this.client, tenant, asked.locks ?? []);
    this.held.catch(() => undefined);
    const { conditions = [] } = asked;
    if (conditions.length === 0) return this.lookup(tenant, asked, new Map());
    const matches = await this.behindLocks(searchConditions(this.client, tenant, conditions, asked.visible));
    const lookups = lookupsWith(asked, matches);
    const known = await this.lookup(tenant, lookups, matches);
    if (!matchesStand(lookups, known)) throw new MatchesChangedError();
    return known;
  }

  /** Of a request that waits for a lock too long, that is the error, not what the database then refused. */
  private async behindLocks<T>(answer: Promise<T>): Promise<T> {
    await sentTogether([this.held, answer]);
    return answer;
  }

  private async lookup(tenant: number, lookups: FhirLookups, matches: FhirKnown['matches']): Promise<FhirKnown> {
    const looked = await this.behindLocks(lookUp(this.client, tenant, lookups, this.forecasts));
    for (const [name, key] of looked.searchKeys) this.searchKeys.set(name, key);
    return { ...looked.known, matches };
  }

  /** The current version after what the request wrote, deleted or not. */
  async read(tenant: number, type: string, id: string): Promise<StoredResource | undefined> {
    const keeper = this.keeperOf(type, id);
    if (keeper !== undefined) return keeper.read(tenant, type, id);
    return (await readEach(this.client, tenant, [{ type, id }])).get(`${type}/${id}`);
  }

  readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>> {
    return readEach(this.client, tenant, places);
  }

  /** A history as it is after what the request wrote. */
  history(tenant: number, request: HistoryRequest): Promise<HistoryPage> {
    const { of } = request;
    const keeper = of.kind === 'instance' ? this.keeperOf(of.type, of.id) : undefined;
    if (keeper === undefined || of.kind !== 'instance') return readHistory(this.client, tenant, request);
    return keeper.history(tenant, of.type, of.id, request);
  }

  /**
   * A search that sees what the request wrote. All those of a request take no longer than one search of its own may.
   * @throws SearchRefusedError
   */
  search(tenant: number, queries: Queries, access: SearchAccess): Promise<SearchPage> {
    return this.searching(() => searchPageWithin(this.client, tenant, queries, access, this.forecasts));
  }

  /** As {@link search}, of the newest Observations of each code. @throws SearchRefusedError */
  lastOfEach(tenant: number, query: SearchQuery, max: number, access: SearchAccess): Promise<SearchPage> {
    return this.searching(() => lastOfEachWithin(this.client, tenant, query, max, access));
  }

  private async searching(work: () => Promise<SearchPage>): Promise<SearchPage> {
    const begun = performance.now();
    const ms = Math.ceil(this.searchMsLeft);
    if (ms <= 0) throw new SearchRefusedError('too-costly', 'the searches of this request take too long together');
    // It leaves the transaction as it was before, with its settings, also when it fails.
    await this.client.query(
      `SAVEPOINT search; SET LOCAL statement_timeout = ${ms}; SET LOCAL jit = off; SET LOCAL enable_seqscan = on`,
    );
    try {
      return await orTooCostly(work);
    } finally {
      await this.client.query('ROLLBACK TO SAVEPOINT search; RELEASE SAVEPOINT search');
      this.searchMsLeft -= performance.now() - begun;
    }
  }

  /** A version as it is after what the request wrote. */
  async readVersion(tenant: number, type: string, id: string, version: number): Promise<StoredResource | undefined> {
    const keeper = this.keeperOf(type, id);
    if (keeper !== undefined) return keeper.readVersion(tenant, type, id, version);
    const { rows } = await this.client.query<Row>({
      name: 'fhir-read-version',
      text: READ_VERSION,
      values: [tenant, type, id, version],
    });
    return rows[0] === undefined ? undefined : toStored(rows[0]);
  }

  /** Of what is not stored as a resource. */
  private keeperOf(type: string, id: string): MeasuredStore | ForecastStore | undefined {
    const keepers = [new MeasuredStore(this.client), new ForecastStore(this.client, this.forecasts)];
    return keepers.find((one) => one.keeps(type, id));
  }

  /**
   * Writes all changes of the request: one statement for new resources and one for changed ones, whatever their number, sent at once
   * and in one round trip. The row of every changed resource must have been locked by {@link look}.
   */
  write(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    const sorted = [...changes].sort(byKeyAndVersion);
    const passed = sorted.filter((change, at) => sameResource(change, sorted[at + 1]));
    const firstVersions = new Set(sorted.filter((change) => change.version === 1).map(keyOf));
    const newest = passed.length === 0 ? sorted : foldByResource(sorted);
    const created = newest.filter((change) => firstVersions.has(keyOf(change)));
    const changed = newest.filter((change) => !firstVersions.has(keyOf(change)));
    const plan = planIndex(tenant, newest, this.searchKeys);
    return sentTogether([
      this.held,
      ...(created.length > 0 ? [this.insert(tenant, created, plan)] : []),
      ...(changed.length > 0 ? [this.update(tenant, changed, plan)] : []),
      ...(passed.length > 0 ? [this.keepPassed(tenant, passed)] : []),
      writeDeviceUses(this.client, tenant, newest),
      ...removeIndexed(this.client, tenant, plan.removed),
      ...replaceIndexed(this.client, tenant, plan.replaced),
      ...insertIndexed(this.client, tenant, plan.added),
    ]);
  }

  /** Lists what was stored and is not measured, in place of what earlier versions of these resources were listed for. */
  list(tenant: number, rejections: readonly NewRejection[], replaced: readonly string[]): Promise<void> {
    return sentTogether([removeRejections(this.client, tenant, replaced), insertRejections(this.client, rejections)]);
  }

  private async insert(tenant: number, changes: readonly ResourceChange[], plan: IndexPlan): Promise<void> {
    await this.client.query({
      name: 'fhir-insert',
      text: INSERT,
      values: [tenant, ...columns(changes), ...sideColumns(changes), ...indexColumns(changes, plan)],
    });
  }

  private async update(tenant: number, changes: readonly ResourceChange[], plan: IndexPlan): Promise<void> {
    await this.client.query({
      name: 'fhir-update',
      text: UPDATE,
      values: [
        tenant,
        ...columns(changes),
        ...sideColumns(changes),
        ...removedColumns(changes),
        ...indexColumns(changes, plan),
      ],
    });
  }

  /** Versions that the same request has already replaced (a batch may write a resource several times). */
  private async keepPassed(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    await this.client.query({
      name: 'fhir-passed',
      text: PASSED,
      values: [tenant, ...columns(changes), patchedColumn(changes)],
    });
  }
}
