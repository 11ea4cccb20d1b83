import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '#libs/platform/config';
import { isTransient } from '#libs/platform/messaging';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 500;

/** Repeats `work` while the service behind it is not up yet. What no waiting mends (a certificate, a login) ends it at once. */
export async function untilReachable<T>(service: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) throw new StartupError(`${service}: ${refusal}`);
      if (!isTransient(error)) throw error;
      if (Date.now() > deadline) {
        const { code } = error as { code?: unknown };
        throw new StartupError(`${service} cannot be reached (${typeof code === 'string' ? code : 'no answer'})`);
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Codes of OpenSSL and of Node's check of the host name. */
const CERTIFICATE = /CERT|ISSUER|LEAF_SIGNATURE|^ERR_TLS_|^ERR_SSL_/;
/** Postgres: invalid password, or refused by pg_hba.conf. */
const LOGIN = /^28(P01|000)$/;
const DEEPEST = 5;

/** What a certificate or a login is refused for, in plain words; the errors of Kafka's client lie within each other. */
function refusalIn(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return undefined;
  const { code, name, message, cause, originalError } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && CERTIFICATE.test(code))
    return `the server's certificate is not accepted (${code}); check the …_CA_FILE and the host name`;
  if (typeof code === 'string' && LOGIN.test(code)) return `the login is refused (${code})`;
  if (name === 'KafkaJSSASLAuthenticationError')
    return 'the login is refused (SASL); check KAFKA_USERNAME, KAFKA_PASSWORD';
  if (
    typeof message === 'string' &&
    /self-signed certificate|unable to verify the first certificate|certificate/i.test(message)
  )
    return "the server's certificate is not accepted; check the …_CA_FILE and the host name";
  return refusalIn(cause, depth + 1) ?? refusalIn(originalError, depth + 1);
}
