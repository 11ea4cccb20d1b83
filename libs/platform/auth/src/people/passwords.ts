import { foldedName, type User, type UserStore } from '#libs/platform/storage';
import { HashQueue, matchesHash, nobodysHash, scryptHash } from '../scrypt-hash.js';

/** OWASP's scrypt for passwords of people: 32 MB, about 180 ms. */
const PASSWORD_COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const NOBODYS_HASH = nobodysHash(PASSWORD_COST);
const MIN_LENGTH = 8;
const MAX_LENGTH = 256;

/** What is wrong with a password to be set, in one line; undefined when it will do. */
export function problemOfPassword(password: string): string | undefined {
  const { length } = password;
  if (length < MIN_LENGTH) return `the password must have at least ${MIN_LENGTH} characters`;
  return length > MAX_LENGTH ? `the password may have at most ${MAX_LENGTH} characters` : undefined;
}

/** The hash that is stored of a password. Composed and decomposed letters are the same. */
export function hashPassword(password: string): Promise<string> {
  return scryptHash(password.normalize('NFKC'), PASSWORD_COST);
}

/** Says whether a name and a password belong together. Nothing is remembered: the time taken must not say which names exist. */
export class Passwords {
  private readonly queue = new HashQueue();

  constructor(private readonly users: Pick<UserStore, 'find'>) {}

  /**
   * @returns undefined for a wrong password and for a name that nobody has, after the same time
   * @throws {TooManyLoginsError}
   */
  async verify(name: string, password: string): Promise<User | undefined> {
    const isSane = foldedName(name) !== '' && name.length <= MAX_LENGTH && !name.includes('\0');
    const user = isSane ? await this.users.find(name) : undefined;
    const given = password.slice(0, MAX_LENGTH * 4).normalize('NFKC');
    const matches = await this.queue.inTurn(() => matchesHash(given, user?.passwordHash ?? NOBODYS_HASH));
    return matches ? user : undefined;
  }
}
