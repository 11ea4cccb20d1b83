import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#libs/platform/storage';
import type { SecretBox } from './secret-box.js';

/** Where secrets are stored, for {@link SecretBox}. */
export const placeOfWebhook = (tenant: number, id: string): string => `webhook/${tenant}/${id}`;
export const placeOfSigningKey = (kid: string): string => `signing-key/${kid}`;

const STEP = 200;

/**
 * Opens every stored secret, and encrypts by the current key what was encrypted by an earlier one, or not at all. Safe when several
 * apps do it at once, and while webhooks are changed. With nothing to do it reads the tables once.
 *
 * @returns how many were encrypted anew
 * @throws {SecretKeyError} when one of them opens with none of the keys; those before it are done
 */
export async function reencryptSecrets(pool: Pool, box: SecretBox): Promise<number> {
  return (await reencryptSigningKeys(pool, box)) + (await reencryptWebhooks(pool, box));
}

async function reencryptSigningKeys(pool: Pool, box: SecretBox): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ kid: string; stored: string | object }>(
      'SELECT kid, private_jwk AS stored FROM signing_keys ORDER BY kid FOR UPDATE',
    );
    let changed = 0;
    for (const { kid, stored } of rows) {
      const text = typeof stored === 'string' ? stored : JSON.stringify(stored);
      const opened = box.open(text, placeOfSigningKey(kid));
      if (box.isCurrent(text)) continue;
      const sealed = box.seal(opened, placeOfSigningKey(kid));
      await client.query('UPDATE signing_keys SET private_jwk = $2 WHERE kid = $1', [kid, jsonOf(sealed)]);
      changed += 1;
    }
    return changed;
  });
}

/** A private key as JSON: the JWK itself, or the encrypted text as a JSON string. */
export function jsonOf(sealed: string): string {
  return sealed.startsWith('{') ? sealed : JSON.stringify(sealed);
}

interface WebhookRow {
  readonly tenant: number;
  readonly id: string;
  readonly secret: string;
  readonly retired: readonly { readonly secret: string }[];
}

async function reencryptWebhooks(pool: Pool, box: SecretBox): Promise<number> {
  let changed = 0;
  for (let after: readonly [number, string] | undefined = [0, '00000000-0000-0000-0000-000000000000']; after;) {
    const from: readonly [number, string] = after;
    const rows = await inTransaction(pool, async (client) => {
      const page = await client.query<WebhookRow>(
        `SELECT tenant, id::text AS id, secret, retired_secrets AS retired FROM webhooks
         WHERE (tenant, id) > ($1::int, $2::uuid) ORDER BY tenant, id LIMIT $3 FOR UPDATE`,
        [...from, STEP],
      );
      for (const row of page.rows) if (await reencryptWebhook(client, box, row)) changed += 1;
      return page.rows;
    });
    const last = rows.at(-1);
    after = last === undefined || rows.length < STEP ? undefined : [last.tenant, last.id];
  }
  return changed;
}

async function reencryptWebhook(client: PoolClient, box: SecretBox, row: WebhookRow): Promise<boolean> {
  const place = placeOfWebhook(row.tenant, row.id);
  const opened = [row.secret, ...row.retired.map(({ secret }) => secret)].map((stored) => ({
    stored,
    text: box.open(stored, place),
  }));
  if (opened.every(({ stored }) => box.isCurrent(stored))) return false;
  const [secret, ...retired] = opened.map(({ text }) => box.seal(text, place));
  await client.query('UPDATE webhooks SET secret = $3, retired_secrets = $4 WHERE tenant = $1 AND id = $2', [
    row.tenant,
    row.id,
    secret,
    JSON.stringify(row.retired.map((one, index) => ({ ...one, secret: retired[index] }))),
  ]);
  return true;
}
