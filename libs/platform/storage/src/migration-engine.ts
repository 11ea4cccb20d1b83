import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { DiffTarget, MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';

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

/** Applies what `_prisma_migrations` does not list yet, and lists it there, as `prisma migrate deploy` would. */
export async function applyMigrations(url: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  const engine = await startEngine(url);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: toList(migrations),
      filters: NO_FILTER,
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** The SQL that would bring `from` to `to`; without any when they agree. */
export async function diff(url: string, from: DiffTarget, to: DiffTarget, filters = NO_FILTER): Promise<string> {
  const engine = await startEngine(url);
  try {
    const { stdout } = await engine.diff({ from, to, script: true, exitCode: null, filters });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

/** The migrations as one side of a {@link diff}; applied to the (empty) database of the engine for the comparison. */
export function migrationsTarget(migrations: readonly Migration[]): DiffTarget {
  return { tag: 'migrations', ...toList(migrations) };
}

/** `prisma/schema.prisma` as one side of a {@link diff}. */
export async function datamodelTarget(): Promise<DiffTarget> {
  const path = join(prismaDirectory(), 'schema.prisma');
  return { tag: 'schemaDatamodel', files: [{ path, content: await readFile(path, 'utf8') }] };
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
    './schema_engine_bg.js': module,
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return module;
}

/** The engine refuses to start without a datamodel; this one says nothing but the kind of database. */
const EMPTY_DATAMODEL: [string, string] = ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'];

async function startEngine(url: string): Promise<SchemaEngine> {
  // Where the engine leaves the message of a panic. It never answers after one, so that is told at once, not waited for.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`the schema engine failed: ${message}`);
      },
    },
  });
  bindings ??= loadBindings();
  const { SchemaEngine: Engine } = await bindings;
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(url));
  return Engine.new({ datamodels: [EMPTY_DATAMODEL] }, () => undefined, adapter);
}
