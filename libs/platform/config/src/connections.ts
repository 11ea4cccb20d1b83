import { z } from 'zod';

/** How the connections to Postgres, Redis and Kafka are secured. Files are PEM. */
export interface ConnectionSecurity {
  /** Is part of `databaseUrl`, too. */
  readonly databaseCaFile?: string;
  /** Of Redis (`rediss://`). */
  readonly redisCaFile?: string;
  readonly kafka: KafkaSecurity;
}

export interface KafkaSecurity {
  /** Absent: no TLS. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Absent: no login. */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

const text = z.string().trim().min(1);
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export const CONNECTIONS_ENVIRONMENT = {
  DATABASE_CA_FILE: text.optional(),
  REDIS_CA_FILE: text.optional(),
  KAFKA_TLS: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
  KAFKA_CA_FILE: text.optional(),
  KAFKA_CERT_FILE: text.optional(),
  KAFKA_KEY_FILE: text.optional(),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(MECHANISMS, { error: `must be one of ${MECHANISMS.join(', ')}` }))
    .optional(),
  KAFKA_USERNAME: text.optional(),
  KAFKA_PASSWORD: text.optional(),
} as const;

/** Variables that are set together or not at all. */
export const CONNECTIONS_TOGETHER = [
  ['KAFKA_CERT_FILE', 'KAFKA_KEY_FILE'],
  ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'],
] as const;

type Values = z.output<z.ZodObject<typeof CONNECTIONS_ENVIRONMENT>> & {
  readonly DATABASE_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
};

/** @returns what is wrong with them, in one line, or the settings; certificates are checked where there is a CA, host names always */
export function connectionsOf(value: Values): ConnectionSecurity | string {
  if (value.DATABASE_CA_FILE !== undefined && value.DATABASE_URL === undefined)
    return 'DATABASE_CA_FILE needs DATABASE_URL';
  if (value.REDIS_CA_FILE !== undefined && value.REDIS_URL?.startsWith('rediss:') !== true)
    return 'REDIS_CA_FILE needs a REDIS_URL that starts with rediss://';
  const files = {
    ...(value.KAFKA_CA_FILE === undefined ? {} : { caFile: value.KAFKA_CA_FILE }),
    ...(value.KAFKA_CERT_FILE === undefined ? {} : { certFile: value.KAFKA_CERT_FILE }),
    ...(value.KAFKA_KEY_FILE === undefined ? {} : { keyFile: value.KAFKA_KEY_FILE }),
  };
  const hasFiles = Object.keys(files).length > 0;
  if (hasFiles && value.KAFKA_TLS === 'false') return 'KAFKA_TLS is false, but there are certificates for it';
  const secured = hasFiles || value.KAFKA_TLS === 'true';
  if ((secured || value.KAFKA_SASL_MECHANISM !== undefined) && value.KAFKA_BROKERS === undefined)
    return 'KAFKA_TLS, KAFKA_…_FILE and KAFKA_SASL_MECHANISM need KAFKA_BROKERS';
  return {
    ...(value.DATABASE_CA_FILE === undefined ? {} : { databaseCaFile: value.DATABASE_CA_FILE }),
    ...(value.REDIS_CA_FILE === undefined ? {} : { redisCaFile: value.REDIS_CA_FILE }),
    kafka: {
      ...(secured ? { tls: files } : {}),
      ...(value.KAFKA_SASL_MECHANISM === undefined
        ? {}
        : {
            sasl: {
              mechanism: value.KAFKA_SASL_MECHANISM,
              username: value.KAFKA_USERNAME as string,
              password: value.KAFKA_PASSWORD as string,
            },
          }),
    },
  };
}

/** The URL of a database whose certificate is checked against this CA, and its name against the host (`sslmode=verify-full`). */
export function verifiedDatabaseUrl(url: string, caFile: string | undefined): string {
  if (caFile === undefined) return url;
  const verified = new URL(url);
  verified.searchParams.set('sslmode', 'verify-full');
  verified.searchParams.set('sslrootcert', caFile);
  return verified.href;
}
