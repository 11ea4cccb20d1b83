import type { AppConfig } from './config.js';

/** The settings as they may be shown: no passwords, no secrets. */
export function redacted(config: AppConfig): Record<string, unknown> {
  return {
    role: config.role,
    listen: `${config.http.host}:${config.http.port}`,
    tls: config.http.tls !== undefined,
    publicUrl: config.http.publicUrl ?? 'from request',
    database: config.databaseUrl === undefined ? `embedded in ${config.dataDir}` : withoutPassword(config.databaseUrl),
    log: config.kafkaBrokers === undefined ? 'postgres' : `kafka ${config.kafkaBrokers.join(',')}`,
    kafkaTls: config.security.kafka.tls !== undefined,
    kafkaLogin: config.security.kafka.sasl?.mechanism ?? 'none',
    hotState: config.redisUrl === undefined ? 'in process' : withoutPassword(config.redisUrl),
    mqtt: config.mqtt.url === undefined ? `in process on ${config.mqtt.port}` : withoutPassword(config.mqtt.url),
    bootstrapTenant: config.bootstrapClient?.tenant ?? 'none',
    webhookAllowedHosts: config.webhookAllowedHosts.join(','),
    jwksAllowedHosts: config.jwksAllowedHosts.join(','),
    oidcIssuer: config.oidc?.issuer ?? 'none',
    validationMode: config.validationMode,
    logLevel: config.logLevel,
    encryptionKeys:
      config.encryptionKeys?.all.map(({ id }) => id).join(',') ?? config.encryptionKeysFile ?? 'none given',
    retentionDays: config.retention,
    limits: config.limits,
  };
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
