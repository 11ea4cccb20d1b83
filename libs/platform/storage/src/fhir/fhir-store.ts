import type { Pool, PoolClient } from 'pg';
import type { SearchQuery } from '#libs/fhir-search';
import { BY_INDEX } from '../postgres/by-index.js';
import { commitBehind } from '../postgres/commit-behind.js';
import {
  RepositoryBusyError,
  SearchRefusedError,
  type HistoryPage,
  type HistoryRequest,
  type Queries,
  type SearchAccess,
  type SearchPage,
  type StoredResource,
  type VersionPlace,
} from '#libs/fhir-rest';
import type { ForecastSource } from '../forecast-resources/forecast-values.js';
import { readHistory } from './fhir-history.js';
import { MatchesChangedError, NotIndexedError } from './conditions.js';
import { toStored, type Row } from './fhir-row.js';
import { READ, READ_VERSION } from './fhir-store-statements.js';
import { readEach } from './read-each.js';
import { FhirTransaction } from './fhir-transaction.js';
import { lastOfEach } from '../search/last-of-each.js';
import { searchPage } from '../search/search-page.js';
import { sentTogether } from '../postgres/sent-together.js';

/** `refused` rolls back: nothing of the request stays. */
export type Verdict<T> =
  | {
      readonly kind: 'commit';
      readonly value: T;
      /** Statements on the transaction's client that are not waited for yet: COMMIT is sent right behind them. */
      readonly sent?: readonly Promise<unknown>[];
    }
  | { readonly kind: 'refused'; readonly value: T };

const MAX_ATTEMPTS = 6;

/** A request that loses its client or hangs must not hold row locks: the server ends it after these times. */
const BEGIN = begin('10s');
/** A transaction of several requests waits for others no longer than this: then each of them waits for its own. */
const BEGIN_TOGETHER = begin('300ms');

function begin(lockTimeout: string): string {
  return `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '${lockTimeout}'; ${BY_INDEX}`;
}

/**
 * FHIR resources in Postgres. Every call names the tenant; another tenant's resource is treated as not found.
 * A request holds one connection at most, takes row locks in the order of (type, id), and appends to the log last.
 */
export class FhirStore {
  constructor(
    private readonly pool: Pool,
    /** Whose forecasts searches find. */
    private readonly forecasts: readonly ForecastSource[] = [],
  ) {}

  /**
   * Runs `work` in one transaction, again from the start when it lost a race (serialization, deadlock, or another request
   * made the same resource first). `work` must have no effect but through its client.
   * @throws RepositoryBusyError when every attempt lost
   */
  async transact<T>(work: (transaction: FhirTransaction) => Promise<Verdict<T>>): Promise<T> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const outcome = await this.attempt(BEGIN, work).catch(busyOr);
      if (outcome.kind === 'done') return outcome.value;
      await pause(attempt);
    }
    throw new RepositoryBusyError('the transaction lost against others too often');
  }

  /**
   * Runs `work`, which several requests share, in one transaction, once. `lost`: nothing of it is there, and what stood against it may
   * concern one of the requests only.
   * @throws RepositoryBusyError when all connections stay in use; errors after which it is not known whether it was committed
   */
  async transactTogether<T>(
    work: (transaction: FhirTransaction) => Promise<Verdict<T>>,
  ): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'lost' }> {
    return this.attempt(BEGIN_TOGETHER, work).catch((error: unknown) => {
      if (isOfOne(error)) return { kind: 'lost' };
      throw error;
    });
  }

  private async attempt<T>(
    begin: string,
    work: (transaction: FhirTransaction) => Promise<Verdict<T>>,
  ): Promise<{ kind: 'done'; value: T } | { kind: 'lost' }> {
    const client = await this.connection();
    let broken = false;
    // Its statements reject, too; without a listener the connection's end would end the process.
    const onEnd = (): void => void (broken = true);
    client.on('error', onEnd);
    // The first statement of the work goes with it.
    const begun = client.query(begin);
    begun.catch(() => undefined);
    try {
      const verdict = await work(new FhirTransaction(client, this.forecasts));
      if (verdict.kind === 'commit') await commitBehind(client, [begun, ...(verdict.sent ?? [])]);
      else await sentTogether([begun, client.query('ROLLBACK')]);
      return { kind: 'done', value: verdict.value };
    } catch (error) {
      await Promise.allSettled([begun]);
      // A connection that cannot even roll back is thrown away, never given to the next request.
      if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK').catch(() => (broken = true));
      if (lostRace(error)) return { kind: 'lost' };
      throw error;
    } finally {
      client.off('error', onEnd);
      client.release(broken);
    }
  }

  /** @throws RepositoryBusyError when all connections stay in use */
  private async connection(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      // pg has no class for it.
      if (/timeout exceeded when trying to connect/.test(String(error))) {
        throw new RepositoryBusyError('no connection became free in time');
      }
      throw error;
    }
  }

  /** The current version, deleted or not. */
  async read(tenant: number, type: string, id: string): Promise<StoredResource | undefined> {
    const { rows } = await this.pool.query<Row>({ name: 'fhir-read', text: READ, values: [tenant, type, id] });
    return rows[0] === undefined ? undefined : toStored(rows[0]);
  }

  async readVersion(tenant: number, type: string, id: string, version: number): Promise<StoredResource | undefined> {
    const { rows } = await this.pool.query<Row>({
      name: 'fhir-read-version',
      text: READ_VERSION,
      values: [tenant, type, id, version],
    });
    return rows[0] === undefined ? undefined : toStored(rows[0]);
  }

  /** One page of a search, as of one moment. @throws SearchRefusedError */
  search(tenant: number, queries: Queries, access: SearchAccess): Promise<SearchPage> {
    return searchPage(this.pool, tenant, queries, access, this.forecasts);
  }

  /** The newest Observations of each code. @throws SearchRefusedError */
  lastOfEach(tenant: number, query: SearchQuery, max: number, access: SearchAccess): Promise<SearchPage> {
    return lastOfEach(this.pool, tenant, query, max, access);
  }

  readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>> {
    return readEach(this.pool, tenant, places);
  }

  /** Versions from the newest on. */
  history(tenant: number, request: HistoryRequest): Promise<HistoryPage> {
    return readHistory(this.pool, tenant, request);
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Serialization failure, deadlock, a unique key (somebody else made the same resource in between), or a match that is none any more. */
function lostRace(error: unknown): boolean {
  return error instanceof MatchesChangedError || ['40001', '40P01', '23505'].includes(sqlState(error));
}

function busyOr(error: unknown): never {
  if (sqlState(error) === LOCK_NOT_AVAILABLE) throw new RepositoryBusyError('a row stayed locked for too long');
  throw error;
}

/**
 * Whether an error follows from what a request asked or wrote, so that the database has rolled back: data, integrity, limits, locks, a
 * statement that took too long; a search that is refused.
 */
function isOfOne(error: unknown): boolean {
  if (error instanceof SearchRefusedError || error instanceof NotIndexedError) return true;
  return /^(?:22|23|54|55)...$|^57014$/.test(sqlState(error));
}

function sqlState(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
}
