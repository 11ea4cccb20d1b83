import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chooseRunner, loadBinaries, reachable, type Binaries, type Runner } from './postgres-runner.js';
import { StartupError } from '#libs/platform/config';

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
  /** More settings of the server, `name=value`. */
  readonly settings?: readonly string[];
}

/**
 * Starts the Postgres of a newcomer's installation, or joins the one that already runs on this folder: several apps may share
 * it, and one that was killed leaves it running for its next start. Listens on 127.0.0.1 only, with a password of its own.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataDir, 'postgres');
  const place = await prepare(folder);
  const password = await ownPassword(options.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(place, password);

  for (let attempt = 0; ; attempt += 1) {
    const running = await runningServer(place);
    if (running !== undefined) return { ...running, url: urlOf(running.port, password), stop: async () => undefined };
    const port = options.port ?? (await freePort());
    if (await startServer(place, port, options.settings)) {
      const started = await runningServer(place);
      if (started !== undefined) {
        return { ...started, url: urlOf(port, password), stop: () => stopServer(place) };
      }
    }
    // Another app may be starting it at this moment: look again.
    if (attempt >= 20)
      throw new StartupError(`the embedded Postgres in ${folder} did not start; see ${folder}/server.log`);
    await sleep(250);
  }
}

/** Where a server's data are, and how its programs are started on them. */
interface Place {
  readonly binaries: Binaries;
  readonly folder: string;
  /** The name of the folder for the programs, whose current folder it is. */
  readonly data: string;
  readonly runner: Runner;
}

async function prepare(folder: string): Promise<Place> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new StartupError(`${folder} cannot be made (${error.code ?? 'unknown'}): set DATA_DIR to a folder of yours`);
  });
  const runner = await chooseRunner(folder);
  // This folder alone is the server's. Those above it stay as they are.
  if (runner.uid !== undefined && runner.gid !== undefined) await chown(folder, runner.uid, runner.gid);
  return { binaries: await loadBinaries(runner), folder, data: await reachable(folder, runner), runner };
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

async function initialise({ binaries, folder, data, runner }: Place, password: string): Promise<void> {
  const passwordFile = `${folder}-initial-password-${process.pid}`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runner.uid !== undefined && runner.gid !== undefined) await chown(passwordFile, runner.uid, runner.gid);
  // Opened here: as another user initdb may not be able to enter the folder that it lies in.
  const file = await open(passwordFile, 'r');
  const source = runner.uid === undefined ? passwordFile : '/dev/stdin';
  const args = ['--pgdata', data, '--username', 'postgres', '--auth', 'scram-sha-256', '--pwfile', source];
  const child = spawn(binaries.initdb, [...args, '--encoding', 'UTF8', '--no-locale', '--no-instructions'], {
    ...runner,
    cwd: folder,
    stdio: [file.fd, 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  await file.close();
  await rm(passwordFile, { force: true });
  if (code !== 0 && !existsSync(join(folder, 'PG_VERSION'))) {
    throw new StartupError(`initdb failed in ${folder}: ${errors.trim().split('\n').at(-1) ?? ''}`);
  }
}

async function startServer(
  { binaries, folder, data, runner }: Place,
  port: number,
  more: readonly string[] = [],
): Promise<boolean> {
  const settings = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    "-c unix_socket_directories=''",
    '-c max_connections=200',
    '-c shared_buffers=256MB',
    '-c max_wal_size=2GB',
    '-c log_min_messages=warning',
    ...more.map((setting) => `-c ${setting}`),
  ];
  try {
    // Not waited for through pipes: the server would keep them open.
    const child = spawn(
      binaries.pg_ctl,
      ['start', '-w', '-t', '60', '-D', data, '-l', join(data, 'server.log'), '-o', settings.join(' ')],
      { ...runner, cwd: folder, stdio: 'ignore' },
    );
    return (await new Promise<number | null>((done) => child.once('exit', done))) === 0;
  } catch {
    return false;
  }
}

/** The live server of a folder, by its postmaster.pid: line 1 process id, line 4 port, line 8 `ready`. */
async function runningServer(place: Place): Promise<{ readonly pid: number; readonly port: number } | undefined> {
  try {
    await control(place, ['status']);
    const lines = (await readFile(join(place.folder, 'postmaster.pid'), 'utf8')).split('\n');
    const port = Number(lines[3]);
    const ready = lines[7]?.trim() === 'ready' && (await accepts(port));
    return ready ? { pid: Number(lines[0]), port } : undefined;
  } catch {
    return undefined;
  }
}

async function control({ binaries, folder, data, runner }: Place, command: readonly string[]): Promise<void> {
  await run(binaries.pg_ctl, [...command, '-D', data], { ...runner, cwd: folder });
}

/** A server that was just killed still has its file, and may still have its process id. */
function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stopServer(place: Place): Promise<void> {
  await control(place, ['stop', '-m', 'fast', '-w', '-t', '10']).catch(() => undefined);
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
