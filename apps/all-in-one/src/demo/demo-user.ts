import type { Pool } from 'pg';
import { hashPassword, Passwords, PERSON_ROLES } from '#libs/platform/auth';
import { UserStore } from '#libs/platform/storage';
import type { DemoState } from './demo-file.js';

/** A throw-away sign-in to the console. */
export interface DemoSignIn {
  readonly name: string;
  readonly password: string;
}

const ACTOR = 'demo';

/** Makes the user with all roles, or sets its password to the one that the last start printed. */
export async function putDemoUser(pool: Pool, { tenant, consolePassword: password }: DemoState): Promise<DemoSignIn> {
  const users = new UserStore(pool);
  const name = 'demo';
  const there = await users.find(name);
  if (there === undefined) {
    const user = { name, roles: PERSON_ROLES, passwordHash: await hashPassword(password), fhirUser: null };
    await users.add(tenant, user, ACTOR);
  } else if ((await new Passwords(users).verify(name, password)) === undefined) {
    await users.setPassword(name, await hashPassword(password), ACTOR);
  }
  return { name, password };
}
