import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server for development, tests, CI and benches. */
export interface Service {
  /** What the apps take from the environment: `DATABASE_URL`, `REDIS_URL`, `KAFKA_BROKERS`, `MQTT_URL`. */
  readonly url: string;
  /** Process id, 0 when the server is not ours. */
  readonly pid: number;
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Ends it as an operator would and starts it again on the same port with the same data. */
  restart(): Promise<void>;
}

/** The one line a user sees when a service cannot be had. */
export class MissingServiceError extends Error {
  override readonly name = 'MissingServiceError';
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

export function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
}

/** On Debian or Ubuntu, as root or in CI, missing servers are installed; elsewhere one line says what to install. */
export function install(packages: readonly string[]): boolean {
  const allowed = process.getuid?.() === 0 && has('apt-get');
  if (!allowed) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`installing ${packages.join(' ')}`);
  const got = (args: readonly string[]): boolean =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const wanted = ['install', '-y', '--no-install-recommends', ...packages];
  return got(wanted) || (got(['update']) && got(wanted));
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly readyWithinMs: number;
  /** More than an open port, for servers that listen before they serve. */
  readonly ready?: () => Promise<boolean>;
}

/** Runs a local server as a child process, in a process group of its own so that Ctrl-C does not end it before us. */
export async function runServer(url: string, server: ServerCommand): Promise<Service> {
  let child: ChildProcess;

  async function start(): Promise<void> {
    const log = openSync(server.logFile, 'a');
    child = spawn(server.command, server.args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, ...server.env },
    });
    child.once('error', () => undefined);
    const deadline = Date.now() + server.readyWithinMs;
    while (!((await portOpen(server.port)) && (server.ready === undefined || (await server.ready())))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new MissingServiceError(`${server.command} did not start; see ${server.logFile}`);
      }
      await sleep(50);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(late);
  }

  await start();
  // Whatever way this process ends, it leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
  };
}

function portOpen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
