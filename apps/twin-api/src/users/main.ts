import { resolve } from 'node:path';
import { hashPassword, problemOfPassword } from '#libs/platform/auth';
import { loadConfig, StartupError, type AppConfig } from '#libs/platform/config';
import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { createPool, migrate, UserNameTakenError, UserStore } from '#libs/platform/storage';
import { askPassword } from './asked-password.js';
import { readUserRequest, USAGE, type UserRequest } from './user-request.js';

/**
 * `npm run user -- add | list | set-roles | set-password | remove`: people's accounts, also while servers run: they see it within 5 s. Exit code
 * 0: done; 1: not done; 64: wrong usage; 65: the password cannot be used; 66: no such user; 73: the name is taken.
 */
const EXIT = { usage: 64, data: 65, noUser: 66, taken: 73 } as const;
const ACTOR = 'npm run user';
const DEFAULT_TENANT = 'home';

async function main(): Promise<number> {
  const request = readUserRequest(process.argv.slice(2));
  if (typeof request === 'string') return refuse(EXIT.usage, `${request}\n${USAGE}`);
  const config = loadConfig('twin-api');
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: resolve(config.dataDir) }) : undefined;
  const url = config.databaseUrl ?? embedded!.url;
  const pool = createPool(url, { name: 'homeostat-user', max: 2 });
  try {
    await migrate(url);
    return await carryOut(request, new UserStore(pool), config);
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}

async function carryOut(request: UserRequest, users: UserStore, config: AppConfig): Promise<number> {
  if (request.does === 'list') return list(users, request.tenant);
  if (request.does === 'add') return add(request, users, config);
  const { name } = request;
  if ((await users.find(name)) === undefined) return refuse(EXIT.noUser, `there is no user ${name}`);
  if (request.does === 'set-password') return setPassword(name, users);
  if (request.does === 'remove') {
    if (!(await users.remove(name, ACTOR))) return refuse(EXIT.noUser, `there is no user ${name}`);
    console.log(`user ${name} removed`);
    return 0;
  }
  if (!(await users.setRoles(name, request.roles, ACTOR))) return refuse(EXIT.noUser, `there is no user ${name}`);
  console.log(`user ${name}: ${request.roles.join(', ')}`);
  return 0;
}

async function list(users: UserStore, tenant: string | undefined): Promise<number> {
  const found = await users.list(tenant);
  for (const { name, tenant: of, roles, fhirUser } of found)
    console.log([name, of.id, roles.join(','), ...(fhirUser === null ? [] : [fhirUser])].join('\t'));
  if (found.length === 0) console.error('there are no users');
  return 0;
}

async function add(
  { name, roles, tenant: asked, fhirUser }: Extract<UserRequest, { does: 'add' }>,
  users: UserStore,
  config: AppConfig,
): Promise<number> {
  const tenants = await users.tenants();
  const tenant = asked ?? config.bootstrapClient?.tenant ?? (tenants.length > 1 ? undefined : tenants[0]);
  if (tenant === undefined && tenants.length > 1)
    return refuse(EXIT.usage, `there are several tenants: give --tenant, one of ${tenants.join(', ')}`);
  if ((await users.find(name)) !== undefined) return refuse(EXIT.taken, `there is a user ${name} already`);
  const { password, isGenerated } = await askPassword(process.stdin, process.stderr);
  const problem = problemOfPassword(password);
  if (problem !== undefined) return refuse(EXIT.data, problem);
  const of = tenant ?? DEFAULT_TENANT;
  const user = { name, roles, passwordHash: await hashPassword(password), fhirUser: fhirUser ?? null };
  try {
    await users.add(of, user, ACTOR);
  } catch (error) {
    if (error instanceof UserNameTakenError) return refuse(EXIT.taken, `there is a user ${name} already`);
    throw error;
  }
  const isNew = tenants.includes(of) ? '' : ', which is new';
  console.log(`user ${name} added to tenant ${of}${isNew} (${roles.join(', ')})`);
  if (isGenerated) console.log(`password ${password}`);
  return 0;
}

async function setPassword(name: string, users: UserStore): Promise<number> {
  const { password, isGenerated } = await askPassword(process.stdin, process.stderr);
  const problem = problemOfPassword(password);
  if (problem !== undefined) return refuse(EXIT.data, problem);
  if (!(await users.setPassword(name, await hashPassword(password), ACTOR)))
    return refuse(EXIT.noUser, `there is no user ${name}`);
  console.log(`password of ${name} set; sessions end`);
  if (isGenerated) console.log(`password ${password}`);
  return 0;
}

function refuse(code: number, line: string): number {
  console.error(line);
  return code;
}

process.exitCode = await main().catch((error: unknown) => {
  const { message, code } = error as Error & { code?: unknown };
  return refuse(
    1,
    error instanceof StartupError ? message : `not done: ${typeof code === 'string' ? `error ${code}` : message}`,
  );
});
