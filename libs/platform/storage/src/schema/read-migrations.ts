import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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
