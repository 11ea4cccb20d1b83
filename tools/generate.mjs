// `npm run generate`: the database client, and the types of the API for the pages; each only if what it is made from has changed, or the
// result. Both take four seconds, which each `npm run check` waited for.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const CLIENT_TYPES = 'apps/console/src/api/generated/schema.ts';
const GENERATED = [
  {
    name: 'database-client',
    program: ['node_modules/prisma/build/index.js', 'generate', '--no-hints'],
    from: ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'],
    to: 'libs/platform/storage/src/generated/**/*.ts',
  },
  {
    name: 'api-types',
    program: ['node_modules/openapi-typescript/bin/cli.js', 'docs/openapi.json', '-o', CLIENT_TYPES],
    from: ['docs/openapi.json', 'node_modules/openapi-typescript/package.json'],
    to: CLIENT_TYPES,
  },
];

for (const { name, program, from, to } of GENERATED) {
  const stamp = join('.cache/generated', name);
  const known = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (known !== undefined && known === digest([...from, ...filesOf(to)])) continue;
  try {
    execFileSync(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    console.error(`${name}: ${program.join(' ')} failed\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest([...from, ...filesOf(to)]));
}

function filesOf(pattern) {
  return globSync(pattern)
    .filter((path) => statSync(path).isFile())
    .toSorted();
}

/** Of the names and contents of files. */
function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}
