import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';

/** Everything of the database belongs to the schema; partitions of measurements are left out by the caller. */
const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Directory that holds `schema.prisma` and `migrations`; found from here upwards, in the sources as in `dist`. */
export function prismaDirectory(): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const found = join(directory, 'prisma');
    if (existsSync(join(found, 'migrations'))) return found;
    if (dirname(directory) === directory) throw new Error('the directory prisma/migrations is missing');
  }
}

/** All migrations, oldest first. */
export async function readMigrations(): Promise<readonly Migration[]> {
  const directory = join(prismaDirectory(), 'migrations');
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names
      .toSorted()
      .map(async (name) => ({ name, sql: await readFile(join(directory, name, 'migration.sql'), 'utf8') })),
  );
}

/** A migration waits so long for a lock: whoever reads or writes its tables waits behind it. */
const LOCK_TIMEOUT_MS = 10_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Building beside the work of others blocks nobody, and waits for transactions that began before it. */
const BUILD_LOCK_TIMEOUT_MS = 120_000;

/** A migration was not applied; the message is one clear line and says whether anything of it stays. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Applies what `_prisma_migrations` does not list yet, and lists it there, as `prisma migrate deploy` would. Each migration is one
 * transaction together with its entry as finished, so one that is not finished left nothing and may be applied again. One that builds
 * indexes concurrently ({@link isConcurrent}) cannot be a transaction; what it had built stays, and the next start does the rest.
 *
 * @param lockTimeoutMs how long to wait for each lock
 * @throws MigrationError
 */
export async function applyMigrations(
  url: string,
  migrations: readonly Migration[],
  lockTimeoutMs?: number,
): Promise<readonly string[]> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'homeostat-migrate',
    options: `-c lock_timeout=${lockTimeoutMs ?? LOCK_TIMEOUT_MS}`,
  });
  const adapter = new MigratingPg(pool, migrations, lockTimeoutMs ?? BUILD_LOCK_TIMEOUT_MS);
  const engine = await startEngine(adapter);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: toList(migrations),
      filters: NO_FILTER,
    });
    return appliedMigrationNames;
  } catch (error) {
    const { failed } = adapter;
    if (failed === undefined) throw error;
    await forgetUnfinished(pool);
    throw new MigrationError(
      failed.concurrent
        ? `migration ${failed.name} was not completed, the next start goes on with it: ${wordsOf(failed.code)}`
        : `migration ${failed.name} was not applied, and nothing of it stays: ${wordsOf(failed.code)}`,
    );
  } finally {
    engine.free();
    await pool.end();
  }
}

/** Migrations that began and did not finish may begin again. Call it only while no other process migrates. */
export async function forgetUnfinished(db: Pick<pg.Pool, 'query'>): Promise<void> {
  await db.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
}

function wordsOf(code: string): string {
  return code === LOCK_NOT_AVAILABLE
    ? 'other sessions hold locks on its tables (see pg_stat_activity); start again when they have ended'
    : `the database refused it (${code})`;
}

/**
 * The SQL that would bring the database at `url` to what `prisma/schema.prisma` says; without statements when they agree.
 *
 * @param externalTables `schema.table` of tables that the schema leaves out
 */
export async function diffFromSchema(url: string, externalTables: string[]): Promise<string> {
  const path = join(prismaDirectory(), 'schema.prisma');
  const files = [{ path, content: await readFile(path, 'utf8') }];
  const pool = new pg.Pool({ connectionString: url, Client: CharAsTextClient });
  const engine = await startEngine(new DescribingPg(pool));
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: prismaDirectory() },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables, externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    engine.free();
    await pool.end();
  }
}

/** Its statements only build or drop indexes concurrently, one statement a line or more, each ending its line. */
function isConcurrent(sql: string): boolean {
  return /^CREATE (UNIQUE )?INDEX CONCURRENTLY/m.test(sql);
}

/**
 * Runs the statements one by one, each for itself: an index that was not finished (it is there, invalid, and slows every write) is
 * dropped first, one that is there already is kept.
 */
async function buildConcurrently(pool: pg.Pool, sql: string, lockTimeoutMs: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_index i
       JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT i.indisvalid AND n.nspname = current_schema() AND position('"' || c.relname || '"' IN $1) > 0`,
      [sql],
    );
    for (const { name } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    for (const statement of sql.split(/;\s*$/m)) if (/\w/.test(statement)) await client.query(statement);
  } finally {
    client.release(true);
  }
}

/**
 * The adapter cuts scripts at every semicolon, also at those within a function. The server reads them whole, and runs each as one
 * transaction; the entry of a migration as finished is part of it.
 */
class MigratingPg extends PrismaPg {
  failed: { readonly name: string; readonly code: string; readonly concurrent: boolean } | undefined;
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    pool: pg.Pool,
    migrations: readonly Migration[],
    private readonly buildLockTimeoutMs: number,
  ) {
    super(pool);
    this.names = new Map(migrations.map(({ name, sql }) => [sql, name]));
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const { client, onError } = adapter as unknown as { client: pg.Pool; onError: (error: unknown) => never };
    adapter.executeScript = async (script) => {
      const name = this.names.get(script);
      const concurrent = isConcurrent(script);
      try {
        if (concurrent) await buildConcurrently(client, script, this.buildLockTimeoutMs);
        const rest = [concurrent ? undefined : script, name === undefined ? undefined : finishedSql(name)];
        await client.query(rest.filter((sql) => sql !== undefined).join(';\n'));
      } catch (error) {
        if (name !== undefined) this.failed = { name, code: String((error as { code?: unknown }).code), concurrent };
        onError.call(adapter, error);
      }
    };
    return adapter;
  }
}

function finishedSql(name: string): string {
  return `UPDATE _prisma_migrations SET finished_at = now()
    WHERE migration_name = '${name.replaceAll("'", "''")}' AND finished_at IS NULL AND rolled_back_at IS NULL`;
}

/** The engine reads `"char"` columns of the catalogue (type 18), which the adapter does not know: they are reported as text (25). */
class CharAsTextClient extends pg.Client {
  // The pool calls pg's `query` with a callback at the end.
  override query = ((...args: unknown[]) => {
    const callback = args.at(-1) as (error: Error | null, result?: pg.QueryResult) => void;
    const told: typeof callback = (error, result) => {
      for (const field of result?.fields ?? []) if (field.dataTypeID === 18) field.dataTypeID = 25;
      callback(error, result);
    };
    return (super.query as (...all: unknown[]) => unknown)(...args.slice(0, -1), told);
  }) as unknown as pg.Client['query'];
}

/**
 * The engine wants the kind of a constraint as a character. Since PostgreSQL 18 every NOT NULL is a constraint of its own, so that
 * there is always one to read.
 */
class DescribingPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, index) =>
        result.columnNames[index] === 'constraint_type' ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }
}

function toList(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: join(prismaDirectory(), 'migrations'),
    lockfile: { path: './migration_lock.toml', content: 'provider = "postgresql"\n' },
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
    shadowDbInitScript: '',
  };
}

type WasmExports = Readonly<Record<string, unknown>>;
type Bindings = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: WasmExports): void };
// Node has it; its types come only with the DOM's.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: WasmExports } }>;
};

let bindings: Promise<Bindings> | undefined;

/**
 * Loads the engine by file path: the package's `exports` point at a module that imports `.wasm`, which Node does not load.
 */
async function loadBindings(): Promise<Bindings> {
  const home = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const module = (await import(pathToFileURL(join(home, 'schema_engine_bg.js')).href)) as Bindings;
  const { instance } = await WebAssembly.instantiate(await readFile(join(home, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': keepingNothingAlive(module),
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return module;
}

/**
 * The engine starts a timer of ten seconds for its lock and never clears it: a process that has migrated, and is done, would wait for it.
 * While it migrates, its connection keeps the process alive.
 */
function keepingNothingAlive(module: Bindings): Record<string, unknown> {
  const imports: Record<string, unknown> = { ...module };
  for (const name of Object.keys(imports)) {
    if (name.startsWith('__wbg_setTimeout_'))
      imports[name] = (work: () => void, ms: number) => setTimeout(work, ms).unref();
  }
  return imports;
}

/** The engine refuses to start without a datamodel; this one says nothing but the kind of database. */
const EMPTY_DATAMODEL: [string, string] = ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'];

async function startEngine(adapter: PrismaPg): Promise<SchemaEngine> {
  // Where the engine leaves the message of a panic. It never answers after one, so that is reported at once, not waited for.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`the schema engine failed: ${message}`);
      },
    },
  });
  bindings ??= loadBindings();
  const { SchemaEngine: Engine } = await bindings;
  return Engine.new({ datamodels: [EMPTY_DATAMODEL] }, () => undefined, bindMigrationAwareSqlAdapterFactory(adapter));
}
