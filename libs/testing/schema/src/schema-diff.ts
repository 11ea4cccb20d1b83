import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

/** Specs run in the folder of the project. */
const PRISMA = resolve('prisma');

/**
 * The SQL that would bring the database at `url` to what `prisma/schema.prisma` says; without statements when they agree.
 *
 * @param externalTables `schema.table` of tables that the schema leaves out
 */
export async function diffFromSchema(url: string, externalTables: string[]): Promise<string> {
  const path = join(PRISMA, 'schema.prisma');
  const files = [{ path, content: await readFile(path, 'utf8') }];
  const pool = new pg.Pool({ connectionString: url, Client: CharAsTextClient });
  const engine = await startEngine(new DescribingPg(pool));
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: PRISMA },
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

/** The engine reads `"char"` columns of the catalogue (type 18), which the adapter does not know: they are reported as text (25). */
class CharAsTextClient extends pg.Client {
  // The pool calls pg's `query` with a callback at the end.
  override query = ((...args: unknown[]) => {
    const callback = args.at(-1) as (error: Error | null, result?: pg.QueryResult) => void;
    const asText: typeof callback = (error, result) => {
      for (const field of result?.fields ?? []) if (field.dataTypeID === 18) field.dataTypeID = 25;
      callback(error, result);
    };
    return (super.query as (...all: unknown[]) => unknown)(...args.slice(0, -1), asText);
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
