import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startServices } from '../../tools/services/index.js';
import { freePort } from '../support/system.js';

const ENTRY = 'dist/apps/all-in-one/src/main.js';
const asRoot = userInfo().uid === 0;
/** `nobody`, who exists everywhere; not root: as whoever runs the tests. */
const ORDINARY = asRoot ? { uid: 65_534, gid: 65_534 } : {};

describe('starting anywhere', () => {
  const folders: string[] = [];
  /** A folder that only its owner may enter, as root's home on a fresh server. */
  const closedFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'homeostat-closed-'));
    chmodSync(folder, 0o700);
    folders.push(folder);
    return folder;
  };
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('runs from a clone in a folder that only its owner may enter, data and all', async () => {
    const closed = closedFolder();
    const clone = join(closed, 'homeostat');
    cloneTo(clone);
    expect(await readyOnce(clone, {})).toBe('ready');
    // Again, on what the first start left.
    expect(await readyOnce(clone, {})).toBe('ready');
    expect(modes(closed, join(clone, '.homeostat', 'postgres'))).toEqual(['700', '700']);
  }, 240_000);

  it('keeps its data in a folder that only its owner may enter, whose rights stay as they are', async () => {
    const closed = closedFolder();
    const dataDir = join(closed, 'deep', 'data');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    expect(await readyOnce(resolve('.'), { DATA_DIR: dataDir })).toBe('ready');
    expect(modes(closed, join(closed, 'deep'), dataDir)).toEqual(['700', '700', '700']);
  }, 120_000);

  /** A clone that everybody may enter: the tests themselves may run where only root may. */
  const openClone = (): string => {
    if (!asRoot) return resolve('.');
    const folder = closedFolder();
    chmodSync(folder, 0o755);
    const clone = join(folder, 'homeostat');
    cloneTo(clone);
    return clone;
  };

  it('runs as an ordinary user', async () => {
    const own = closedFolder();
    if (ORDINARY.uid !== undefined) chownSync(own, ORDINARY.uid, ORDINARY.gid);
    expect(await readyOnce(openClone(), { DATA_DIR: join(own, 'data') }, ORDINARY)).toBe('ready');
  }, 120_000);

  it('reports to an ordinary user in one line that the data are not theirs', async () => {
    if (!asRoot) return;
    const clone = openClone();
    const dataDir = join(closedFolder(), 'data');
    expect(await readyOnce(clone, { DATA_DIR: dataDir })).toBe('ready');
    // Open to all, as a folder under /srv may be: only the data themselves are closed.
    for (const folder of [dataDir, join(dataDir, '..')]) chmodSync(folder, 0o755);
    expect(await readyOnce(clone, { DATA_DIR: dataDir }, ORDINARY)).toMatch(
      /^start: the database in \S+ belongs to another user .* set DATA_DIR to a folder of your own$/,
    );
  }, 120_000);

  it('starts the servers of the tests where TMPDIR is a folder that only its owner may enter', async () => {
    const closed = closedFolder();
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = closed;
    try {
      const started = await startServices(['postgres', 'redis', 'mosquitto', 'kafka'], {});
      expect(Object.keys(started.env)).toHaveLength(4);
      await started.stop();
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect(readdirSync(closed)).toEqual([]);
  }, 120_000);
});

/** What `git clone` and `npm ci` would bring, as hard links where the file system allows. */
function cloneTo(clone: string): void {
  mkdirSync(clone);
  const parts = ['dist', 'node_modules', 'package.json', 'prisma', 'docs'];
  const linked = spawnSync('cp', ['-al', ...parts, clone]).status === 0;
  if (!linked) expect(spawnSync('cp', ['-af', ...parts, clone]).status).toBe(0);
}

/** Starts the all-in-one, waits until it is ready, and ends it. Answers `ready`, or what it printed instead. */
async function readyOnce(
  cwd: string,
  env: Readonly<Record<string, string>>,
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string> {
  // The clone's own Node: the user may not be allowed to enter where this one is.
  const own = join(cwd, 'node_modules', 'node', 'bin', 'node');
  const child = spawn(existsSync(own) ? own : process.execPath, ['--enable-source-maps', ENTRY], {
    ...user,
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      LOG_LEVEL: 'warn',
      PORT: String(await freePort()),
      MQTT_PORT: String(await freePort()),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/^ready http/m.test(output)) done();
      });
  });
  const ended = once(child, 'exit');
  await Promise.race([ready, ended]);
  child.kill('SIGTERM');
  await ended;
  return /^ready http/m.test(output) ? 'ready' : output.trim();
}

function modes(...paths: readonly string[]): string[] {
  return paths.map((path) => (statSync(path).mode & 0o777).toString(8));
}
