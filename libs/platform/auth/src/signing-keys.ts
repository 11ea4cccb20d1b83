import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { jsonOf, NO_KEYS, placeOfSigningKey, SecretBox } from '#libs/platform/secrets';
import type { ClientStore } from '#libs/platform/storage';

export const TOKEN_ALGORITHM = 'EdDSA';
const NEW_KEY_AFTER_DAYS = 90;
/** An unknown key id makes us look for new keys, but not more often than this. */
const RELOAD_EVERY_MS = 5_000;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly privateJwk: JWK;
}

/** The keys that sign our access tokens: in the database, shared by all apps, held in memory. */
export class SigningKeys {
  private keys: readonly SigningKey[] = [];
  private loadedAt = 0;

  constructor(
    private readonly store: Pick<ClientStore, 'signingKeys' | 'addSigningKey'>,
    private readonly box: SecretBox = new SecretBox(NO_KEYS),
    private readonly now: () => number = Date.now,
  ) {}

  async newest(): Promise<SigningKey> {
    if (this.keys.length === 0) await this.load();
    return this.keys[0] as SigningKey;
  }

  /** Private keys, newest first, for the embedded issuer of people's sign-ins. */
  async jwks(): Promise<readonly JWK[]> {
    if (this.keys.length === 0) await this.load();
    return this.keys.map(({ kid, privateJwk }) => ({ ...privateJwk, kid }));
  }

  async publicKey(kid: string): Promise<CryptoKey | undefined> {
    const held = this.keys.find((key) => key.kid === kid);
    if (held !== undefined) return held.publicKey;
    if (this.now() - this.loadedAt < RELOAD_EVERY_MS) return undefined;
    await this.load();
    return this.keys.find((key) => key.kid === kid)?.publicKey;
  }

  /** Reads the keys, making the first one (or a fresh one when the newest is old). */
  async load(): Promise<void> {
    this.loadedAt = this.now();
    const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(privateKey);
    const newKid = await calculateJwkThumbprint(jwk);
    const sealed = this.box.seal(JSON.stringify(jwk), placeOfSigningKey(newKid));
    await this.store.addSigningKey(newKid, jsonOf(sealed), NEW_KEY_AFTER_DAYS);
    const stored = await this.store.signingKeys();
    this.keys = await Promise.all(stored.map(({ kid, privateJwk }) => imported(kid, this.opened(kid, privateJwk))));
  }

  private opened(kid: string, stored: string | object): JWK {
    return (typeof stored === 'string' ? JSON.parse(this.box.open(stored, placeOfSigningKey(kid))) : stored) as JWK;
  }
}

async function imported(kid: string, privateJwk: JWK): Promise<SigningKey> {
  const { d: _private, ...publicJwk } = privateJwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(privateJwk, TOKEN_ALGORITHM),
    importJWK(publicJwk as JWK, TOKEN_ALGORITHM),
  ]);
  return { kid, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey, privateJwk };
}
