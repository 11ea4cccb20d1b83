import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Passwords } from '#libs/platform/auth';
import { createPool, UserStore } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('npm run user', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof createPool>;
  let users: UserStore;
  let passwords: Passwords;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { name: 'users-spec', max: 2 });
    users = new UserStore(pool);
    passwords = new Passwords(users);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  function run(args: readonly string[], input: string | undefined = '', env: Record<string, string> = {}) {
    return new Promise<Ended>((done) => {
      const child = spawn(process.execPath, ['dist/apps/twin-api/src/users/main.js', ...args], {
        env: { ...process.env, DATABASE_URL: database.url, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('close', (code) => done({ code, out, err }));
      child.stdin.on('error', () => undefined);
      if (input !== undefined) child.stdin.end(input);
    });
  }

  it('adds a user whose password is the first line of the input, by scrypt, and makes the tenant', async () => {
    const done = await run(
      ['add', 'alice', '--roles', 'nurse,physician', '--tenant', 'north', '--fhir-user', 'Practitioner/17'],
      'correct horse\r\nsecond line\n',
    );
    expect(done).toEqual({
      code: 0,
      out: 'user alice added to tenant north, which is new (nurse, physician)\n',
      err: '',
    });
    const user = await passwords.verify('ALICE', 'correct horse');
    expect(user).toMatchObject({
      name: 'alice',
      roles: ['nurse', 'physician'],
      fhirUser: 'Practitioner/17',
      tenant: { id: 'north' },
    });
    expect(user?.passwordHash).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await passwords.verify('alice', 'second line')).toBeUndefined();
    expect(await passwords.verify('nobody', 'correct horse')).toBeUndefined();
  }, 30_000);

  it('generates a password where none is given, and prints it', async () => {
    const done = await run(['add', 'Bob Brown', '--roles', 'operator'], '');
    expect(done.code).toBe(0);
    const password = /^password (\S{20})$/m.exec(done.out)?.[1] ?? '';
    expect(done.out).toContain('user Bob Brown added to tenant north (operator)');
    expect(await passwords.verify('bob brown', password)).toMatchObject({ name: 'Bob Brown' });
  }, 30_000);

  it('generates a password where the input is open and nobody writes to it', async () => {
    const done = await run(['add', 'carol', '--roles', 'auditor'], undefined);
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^password \S{20}$/m) });
  }, 30_000);

  it('lists, changes and removes', async () => {
    expect((await run(['list'])).out.split('\n')).toEqual(
      expect.arrayContaining(['alice\tnorth\tnurse,physician\tPractitioner/17', 'Bob Brown\tnorth\toperator']),
    );
    expect(await run(['set-roles', 'bob brown', '--roles', 'auditor'])).toMatchObject({ code: 0 });
    expect(await users.find('Bob Brown')).toMatchObject({ roles: ['auditor'] });
    expect(await run(['set-password', 'alice'], 'another one\n')).toMatchObject({ code: 0 });
    expect(await passwords.verify('alice', 'correct horse')).toBeUndefined();
    expect(await passwords.verify('alice', 'another one')).toBeDefined();
    expect(await run(['remove', 'Bob Brown'])).toMatchObject({ code: 0, out: 'user Bob Brown removed\n' });
    expect(await users.find('Bob Brown')).toBeUndefined();
    const audited = await pool.query(`SELECT act, target, detail::text FROM audit WHERE actor = 'npm run user'`);
    expect(audited.rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ act: 'create-user', target: 'User/alice' }),
        expect.objectContaining({ act: 'delete-user', target: 'User/Bob Brown' }),
      ]),
    );
    expect(JSON.stringify(audited.rows)).not.toContain('scrypt');
  }, 60_000);

  const REFUSED: readonly (readonly [readonly string[], number, string])[] = [
    [['add'], 64, 'add needs the NAME'],
    [['add', 'dave'], 64, '--roles must name at least one of nurse, physician, operator, auditor'],
    [['add', 'dave', '--roles', 'surgeon'], 64, 'there is no role "surgeon"'],
    [['add', 'dave\u202e', '--roles', 'nurse'], 64, 'a name has at most 64 characters'],
    [['add', 'dave', '--roles', 'nurse', '--fhir-user', 'dave'], 64, 'such as Practitioner/17'],
    [['add', 'Alice', '--roles', 'nurse', '--tenant', 'south'], 73, 'there is a user Alice already'],
    [['add', 'dave', '--role', 'nurse'], 64, "Unknown option '--role'"],
    [['remove', 'zed'], 66, 'there is no user zed'],
    [['promote', 'alice'], 64, 'must be add, list, set-roles, set-password or remove'],
  ];
  it('refuses what it cannot do, with a code and a line', async () => {
    const ended = await Promise.all(REFUSED.map(([args]) => run(args, 'long enough\n')));
    for (const [n, done] of ended.entries()) {
      const [args, code, line] = REFUSED[n]!;
      const seen = { args, ...done, err: done.err.split('\n')[0] };
      expect(seen).toEqual({ args, code, out: '', err: expect.stringContaining(line) });
    }
  }, 60_000);

  it('refuses a short password, and asks for the tenant where there are several', async () => {
    expect(await run(['add', 'dave', '--roles', 'nurse'], 'short\n')).toMatchObject({
      code: 65,
      err: 'the password must have at least 8 characters\n',
    });
    await pool.query(`INSERT INTO tenants (id) VALUES ('south')`);
    const done = await run(['add', 'dave', '--roles', 'nurse'], 'long enough\n');
    expect(done).toMatchObject({ code: 64, err: 'there are several tenants: give --tenant, one of north, south\n' });
  }, 30_000);
});
