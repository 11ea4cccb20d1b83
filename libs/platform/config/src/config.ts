import { z } from 'zod';
import {
  CONNECTIONS_ENVIRONMENT,
  CONNECTIONS_TOGETHER,
  connectionsOf,
  verifiedDatabaseUrl,
  type ConnectionSecurity,
} from './connections.js';
import { ConfigError, usable } from './config-error.js';
import { encryptionKeys, type EncryptionKeys } from './encryption-keys.js';
import { LIMITS_ENVIRONMENT, limitsOf, type Limits } from './limits.js';
import { OIDC_ENVIRONMENT, oidcOf, type OutsideIssuerConfig } from './oidc.js';
import { PEOPLE_ENVIRONMENT, peopleOf, type PeopleConfig } from './people.js';
import { RETENTION_ENVIRONMENT, retentionOf, type Retention } from './retention.js';

/** What a process does: one app, or all of them. */
export const ROLES = [
  'all-in-one',
  'twin-api',
  'fhir-gateway',
  'wearable-gateway',
  'alert-dispatcher',
  'twin-engine',
] as const;
export type Role = (typeof ROLES)[number];

const DEFAULT_PORTS: Readonly<Record<Role, number>> = {
  'all-in-one': 3000,
  'twin-api': 3000,
  'fhir-gateway': 3001,
  'wearable-gateway': 3002,
  'alert-dispatcher': 3003,
  'twin-engine': 3004,
};

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The settings of a process, read once from the environment. What is undefined is embedded (see docs: README). */
export interface AppConfig {
  readonly role: Role;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** URL under which clients reach `/oauth/token`, when a proxy stands in front; else taken from the request's Host. */
    readonly publicUrl?: string;
    /** Proxies whose X-Forwarded-For is trusted: else their address is that of all their clients. */
    readonly trustedProxies?: readonly string[];
    readonly tls?: { readonly certFile: string; readonly keyFile: string };
  };
  /** Maximum entries of one FHIR bundle. */
  readonly fhir: { readonly maxEntries: number };
  readonly mqtt: { readonly port: number; readonly url?: string };
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly kafkaBrokers?: readonly string[];
  readonly security: ConnectionSecurity;
  readonly bootstrapClient?: { readonly tenant: string; readonly clientId: string; readonly clientSecret: string };
  readonly webhookAllowedHosts: readonly string[];
  /** Key servers of clients that may be plain HTTP or private. */
  readonly jwksAllowedHosts: readonly string[];
  /** An issuer of tokens beside this server. */
  readonly oidc?: OutsideIssuerConfig;
  readonly people: PeopleConfig;
  /** What becomes of FHIR resources that break a rule, in tenants that have not set it. */
  readonly validationMode: 'strict' | 'lenient';
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Encrypt secrets in the database; from the variable, or in a file. */
  readonly encryptionKeys?: EncryptionKeys;
  readonly encryptionKeysFile?: string;
  readonly retention: Retention;
  readonly limits: Limits;
}

/** sysexits.h EX_CONFIG */
export const EXIT_CONFIG = 78;

const port = z.coerce
  .number('must be a whole number')
  .int('must be a whole number')
  .min(0, 'must be 0 to 65535')
  .max(65_535, 'must be 0 to 65535');
const text = z.string().trim().min(1);
const name = text
  .max(64, 'must be at most 64 characters')
  .regex(/^[A-Za-z0-9._-]+$/, 'may hold letters, digits and . _ -');

function url(protocols: readonly string[]) {
  return text.refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
}

const list = text.transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const brokers = list.pipe(
  z
    .array(z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be a comma list of host:port'))
    .min(1, 'must be a comma list of host:port'),
);

const hosts = list
  .pipe(z.array(z.string().regex(/^[^\s/]+$/, 'must be a comma list of host or host:port')))
  .default([]);

const Environment = z.object({
  PORT: port.optional(),
  HOST: text.default('127.0.0.1'),
  PUBLIC_URL: url(['https:', 'http:']).optional(),
  FHIR_MAX_ENTRIES: z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1)
    .max(100_000)
    .default(10_000),
  TRUSTED_PROXIES: list
    .pipe(
      z.array(
        z.union(
          [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
          'must be a comma list of addresses or ranges (10.0.0.0/8)',
        ),
      ),
    )
    .optional(),
  TLS_CERT_FILE: text.optional(),
  TLS_KEY_FILE: text.optional(),
  MQTT_PORT: port.default(1884),
  MQTT_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:']).optional(),
  DATA_DIR: text.default('.homeostat'),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  KAFKA_BROKERS: brokers.optional(),
  BOOTSTRAP_TENANT: name.optional(),
  BOOTSTRAP_CLIENT_ID: name.optional(),
  BOOTSTRAP_CLIENT_SECRET: text.min(8, 'must have at least 8 characters').optional(),
  WEBHOOK_ALLOWED_HOSTS: hosts,
  JWKS_ALLOWED_HOSTS: hosts,
  VALIDATION_MODE: z.enum(['strict', 'lenient'], { error: 'must be strict or lenient' }).default('strict'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  ENCRYPTION_KEYS: encryptionKeys.optional(),
  ENCRYPTION_KEYS_FILE: text.optional(),
  ...CONNECTIONS_ENVIRONMENT,
  ...RETENTION_ENVIRONMENT,
  ...LIMITS_ENVIRONMENT,
  ...OIDC_ENVIRONMENT,
  ...PEOPLE_ENVIRONMENT,
});

const TOGETHER = [
  ['BOOTSTRAP_TENANT', 'BOOTSTRAP_CLIENT_ID', 'BOOTSTRAP_CLIENT_SECRET'],
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ...CONNECTIONS_TOGETHER,
] as const;

/**
 * Reads the settings of a process. An empty value counts as not set.
 *
 * @throws {ConfigError} naming the variable and what it must be, on one line
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, role: Role = 'all-in-one'): AppConfig {
  const parsed = Environment.safeParse(withoutEmpty(env));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`);
    throw new ConfigError(`configuration: ${[...new Set(lines)].join('; ')}`);
  }
  const value = parsed.data;
  for (const group of TOGETHER) {
    const missing = group.filter((key) => value[key] === undefined);
    if (missing.length > 0 && missing.length < group.length) {
      throw new ConfigError(
        `configuration: ${missing.join(' and ')} must be set together with ${group.filter((key) => !missing.includes(key)).join(', ')}`,
      );
    }
  }
  if (value.ENCRYPTION_KEYS !== undefined && value.ENCRYPTION_KEYS_FILE !== undefined)
    throw new ConfigError('configuration: set either ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE');
  const security = usable(connectionsOf(value));
  const retention = usable(retentionOf(value));
  const oidc = usable(oidcOf(value));
  const people = usable(peopleOf(value));
  return {
    role,
    http: {
      host: value.HOST,
      port: value.PORT ?? DEFAULT_PORTS[role],
      ...(value.PUBLIC_URL === undefined ? {} : { publicUrl: value.PUBLIC_URL.replace(/\/+$/, '') }),
      ...(value.TRUSTED_PROXIES === undefined ? {} : { trustedProxies: value.TRUSTED_PROXIES }),
      ...(value.TLS_CERT_FILE === undefined || value.TLS_KEY_FILE === undefined
        ? {}
        : { tls: { certFile: value.TLS_CERT_FILE, keyFile: value.TLS_KEY_FILE } }),
    },
    fhir: { maxEntries: value.FHIR_MAX_ENTRIES },
    mqtt: { port: value.MQTT_PORT, ...(value.MQTT_URL === undefined ? {} : { url: value.MQTT_URL }) },
    dataDir: value.DATA_DIR,
    ...(value.DATABASE_URL === undefined
      ? {}
      : { databaseUrl: verifiedDatabaseUrl(value.DATABASE_URL, value.DATABASE_CA_FILE) }),
    ...(value.REDIS_URL === undefined ? {} : { redisUrl: value.REDIS_URL }),
    ...(value.KAFKA_BROKERS === undefined ? {} : { kafkaBrokers: value.KAFKA_BROKERS }),
    security,
    ...(value.BOOTSTRAP_TENANT === undefined
      ? {}
      : {
          bootstrapClient: {
            tenant: value.BOOTSTRAP_TENANT,
            clientId: value.BOOTSTRAP_CLIENT_ID as string,
            clientSecret: value.BOOTSTRAP_CLIENT_SECRET as string,
          },
        }),
    webhookAllowedHosts: value.WEBHOOK_ALLOWED_HOSTS,
    jwksAllowedHosts: value.JWKS_ALLOWED_HOSTS,
    validationMode: value.VALIDATION_MODE,
    ...(oidc === undefined ? {} : { oidc }),
    people,
    logLevel: value.LOG_LEVEL,
    ...(value.ENCRYPTION_KEYS === undefined ? {} : { encryptionKeys: value.ENCRYPTION_KEYS }),
    ...(value.ENCRYPTION_KEYS_FILE === undefined ? {} : { encryptionKeysFile: value.ENCRYPTION_KEYS_FILE }),
    retention,
    limits: limitsOf(value),
  };
}

/**
 * {@link readConfig} of this process's environment, with other defaults for what is not set there; a wrong value is one line on
 * stderr and exit 78.
 */
export function loadConfig(role: Role, defaults: Readonly<Record<string, string>> = {}): AppConfig {
  try {
    return readConfig({ ...defaults, ...withoutEmpty(process.env) }, role);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}

function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
}
