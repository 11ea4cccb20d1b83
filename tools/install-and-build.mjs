// Runs on any Node ≥ 20.19, before anything is installed: brings node_modules and dist up to date, and no more than that.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = [
  'apps',
  'libs',
  'tools',
  'bench',
  'test',
  'prisma',
  'package.json',
  'tsconfig.json',
  'prisma.config.ts',
  'docs/openapi.json',
];
const INSTALL_STAMP = 'node_modules/.homeostat-installed';
/** What npm writes when an install is complete: whoever ran `npm ci` by hand has it too. */
const NPM_STAMP = 'node_modules/.package-lock.json';
const BUILD_STAMP = 'dist/.homeostat-built';

/** The Node that the project's dependencies need; npm brought it. */
export const NODE = join(ROOT, 'node_modules/.bin/node');
/** V8 gives new objects 16 MB, less than a transaction of the engine makes, and copies those still in use each time they are full; with 32 MB it does so half as often. */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32'];

export function installAndBuild() {
  process.chdir(ROOT);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Homeostat needs Node 20.19 or newer to start; this is ${process.version}`);
    process.exit(1);
  }
  if (age('package-lock.json') > Math.max(age(INSTALL_STAMP), age(NPM_STAMP)) || !existsSync(NODE)) {
    console.log('installing packages (once)…');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    touch(INSTALL_STAMP);
  }
  if (SOURCES.some((source) => newest(source) > age(BUILD_STAMP))) {
    const started = Date.now();
    run(NODE, ['tools/generate.mjs']);
    run(NODE, ['node_modules/.bin/tsc']);
    run('npm', ['run', '--silent', 'build:console']);
    touch(BUILD_STAMP, started);
  }
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed`);
    process.exit(status ?? 1);
  }
}

/** ms since 1970 of the last change; 0 when there is none. */
function age(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function touch(path, at = Date.now()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, at / 1000, at / 1000);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // Generated files are products, not sources.
  return readdirSync(path, { withFileTypes: true }).reduce(
    (latest, entry) => (entry.name === 'generated' ? latest : Math.max(latest, newest(join(path, entry.name)))),
    stat.mtimeMs,
  );
}
