import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './special-addresses.js';

type Resolved =
  | { readonly addresses: readonly LookupAddress[] }
  | { readonly addresses?: undefined; readonly error: NodeJS.ErrnoException };

/** Look-ups under way by name: many connections to one slow name take one of the few threads that resolve names. */
const underWay = new Map<string, Promise<Resolved>>();

/** Resolves a name for the connection being made. */
export const sharedLookup: LookupFunction = (hostname, options, callback) => {
  void resolve(hostname).then((found) => answer(found, options.all === true, callback));
};

/** The same, and the address judged is the one connected to (no DNS rebinding): a name that leads anywhere private is refused. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  void resolve(hostname).then((found) => answer(judged(found), options.all === true, callback));
};

function resolve(hostname: string): Promise<Resolved> {
  const known = underWay.get(hostname);
  if (known !== undefined) return known;
  const asked = new Promise<Resolved>((done) => {
    lookup(hostname, { all: true }, (error, addresses) => done(error === null ? { addresses } : { error }));
  }).finally(() => underWay.delete(hostname));
  underWay.set(hostname, asked);
  return asked;
}

function judged(found: Resolved): Resolved {
  if (found.addresses?.every(({ address }) => isPublicAddress(address)) !== false) return found;
  const refusal: NodeJS.ErrnoException = new Error('the name leads to an address that is not public');
  refusal.code = 'ENOTPUBLIC';
  return { error: refusal };
}

function answer(found: Resolved, all: boolean, callback: Parameters<LookupFunction>[2]): void {
  if (found.addresses === undefined) return callback(found.error, '', 0);
  if (all) return callback(null, [...found.addresses]);
  const [first] = found.addresses;
  return first === undefined ? callback(new Error('no address'), '', 0) : callback(null, first.address, first.family);
}
