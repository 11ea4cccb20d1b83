import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { redacted } from './redacted.js';

describe('readConfig', () => {
  it('embeds everything when nothing is set', () => {
    const config = readConfig({});
    expect(config).toEqual({
      people: { sessionIdleMs: 3_600_000, sessionAbsoluteMs: 604_800_000 },
      role: 'all-in-one',
      http: { host: '127.0.0.1', port: 3000 },
      mqtt: { port: 1884 },
      fhir: { maxEntries: 10_000 },
      dataDir: '.homeostat',
      webhookAllowedHosts: [],
      jwksAllowedHosts: [],
      validationMode: 'strict',
      logLevel: 'info',
      security: { kafka: {} },
      retention: {
        measurements: 400,
        alerts: 400,
        deliveries: 30,
        rejections: 30,
        deadLetters: 90,
        audit: 2190,
        fhirVersions: 400,
        forecasts: 400,
        parkedRecords: 400,
      },
      limits: {
        clientPerSecond: 2000,
        tenantPerSecond: 4000,
        loginPerSecond: 10,
        addressLoginsPerSecond: 50,
        streams: 2000,
        tenantStreams: 1000,
      },
    });
  });

  it('keeps what belongs to measurements as long as these', () => {
    const kept = (days: string) => readConfig({ RETENTION_DAYS: days }).retention;
    expect(kept('3000')).toMatchObject({ alerts: 3000, audit: 3000, fhirVersions: 3000, parkedRecords: 3000 });
    expect(kept('0')).toMatchObject({ alerts: 0, audit: 0, fhirVersions: 0, parkedRecords: 0 });
  });

  it.each([
    ['twin-api', 3000],
    ['fhir-gateway', 3001],
    ['wearable-gateway', 3002],
    ['alert-dispatcher', 3003],
    ['twin-engine', 3004],
  ] as const)('gives %s its port %d', (role, port) => {
    expect(readConfig({}, role).http.port).toBe(port);
  });

  it('takes lists apart', () => {
    const config = readConfig({ KAFKA_BROKERS: 'a:9092, b:9093', WEBHOOK_ALLOWED_HOSTS: 'localhost, 10.0.0.1:8080' });
    expect(config.kafkaBrokers).toEqual(['a:9092', 'b:9093']);
    expect(config.webhookAllowedHosts).toEqual(['localhost', '10.0.0.1:8080']);
  });

  it('secures connections by files and names', () => {
    const { databaseUrl, security } = readConfig({
      DATABASE_URL: 'postgres://u:p@db/x?application_name=y',
      DATABASE_CA_FILE: '/etc/ca.pem',
      KAFKA_BROKERS: 'a:9093',
      KAFKA_CA_FILE: '/etc/kafka.pem',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_USERNAME: 'u',
      KAFKA_PASSWORD: 'p',
    });
    expect(databaseUrl).toBe('postgres://u:p@db/x?application_name=y&sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem');
    expect(security.kafka).toEqual({
      tls: { caFile: '/etc/kafka.pem' },
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    });
    expect(readConfig({ KAFKA_BROKERS: 'a:9093', KAFKA_TLS: 'true' }).security.kafka).toEqual({ tls: {} });
  });

  it('reads how people sign in, beside an outside issuer of access tokens', () => {
    expect(readConfig({}).people).toEqual({ sessionIdleMs: 3_600_000, sessionAbsoluteMs: 604_800_000 });
    const issuer = { OIDC_ISSUER: 'https://login.example', OIDC_TENANT: 'north' };
    const both = readConfig({ ...issuer, OIDC_AUDIENCE: 'x', OIDC_CLIENT_ID: 'console', OIDC_ROLES_CLAIM: 'groups' });
    expect(both.oidc).toEqual({ issuer: 'https://login.example', audiences: ['x'], tenant: 'north' });
    expect(both.people.signIn).toEqual({
      issuer: 'https://login.example',
      clientId: 'console',
      tenantClaim: 'tenant',
      rolesClaim: 'groups',
      tenant: 'north',
    });
    // Its access tokens are for others then.
    expect(readConfig({ ...issuer, OIDC_CLIENT_ID: 'console' }).oidc).toBeUndefined();
    expect(readConfig({ ...issuer, OIDC_AUDIENCE: 'x' }).people.signIn).toBeUndefined();
    expect(() => readConfig({ OIDC_CLIENT_ID: 'console' })).toThrow(
      'OIDC_CLIENT_ID must be set together with OIDC_ISSUER',
    );
    expect(() => readConfig({ OIDC_CLIENT_SECRET: 'x' })).toThrow('must be set together with OIDC_CLIENT_ID');
    expect(() => readConfig({ SESSION_IDLE_MINUTES: '0' })).toThrow('SESSION_IDLE_MINUTES must be at least 1');
  });

  it('reads which EHRs may open the console', () => {
    const ehr = { SMART_EHR_ISSUERS: 'https://ehr.example/fhir, http://127.0.0.1:9/fhir', SMART_CLIENT_ID: 'x' };
    expect(readConfig({ ...ehr, SMART_ROLES: 'nurse', OIDC_TENANT_CLAIM: 'org' }).people.ehr).toEqual({
      issuers: ['https://ehr.example/fhir', 'http://127.0.0.1:9/fhir'],
      clientId: 'x',
      roles: ['nurse'],
      tenantClaim: 'org',
      rolesClaim: 'roles',
    });
    expect(() => readConfig({ SMART_CLIENT_ID: 'x' })).toThrow('SMART_EHR_ISSUERS and SMART_CLIENT_ID must be set');
    expect(() => readConfig({ ...ehr, SMART_EHR_ISSUERS: 'http://ehr.example/fhir' })).toThrow(
      'must start with https://',
    );
    expect(() => readConfig({ ...ehr, SMART_ROLES: 'surgeon' })).toThrow('SMART_ROLES must be a comma list of nurse');
  });

  it('takes an outside issuer with its audience', () => {
    const issuer = { OIDC_ISSUER: 'https://login.example/realms/a' };
    expect(readConfig({ ...issuer, OIDC_AUDIENCE: 'x, y', OIDC_TENANT: 'north' }).oidc).toEqual({
      issuer: 'https://login.example/realms/a',
      audiences: ['x', 'y'],
      tenant: 'north',
    });
    expect(readConfig({ ...issuer, PUBLIC_URL: 'https://a.example/' }).oidc?.audiences).toEqual([
      'https://a.example',
      'https://a.example/fhir/r4',
    ]);
    expect(readConfig({ ...issuer, OIDC_ISSUER: 'http://127.0.0.1:9000', OIDC_AUDIENCE: 'x' }).oidc?.issuer).toBe(
      'http://127.0.0.1:9000',
    );
    const inside = { OIDC_ISSUER: 'http://login:8080', OIDC_AUDIENCE: 'x' };
    expect(() => readConfig(inside)).toThrow('OIDC_ISSUER must start with https://');
    expect(readConfig({ ...inside, JWKS_ALLOWED_HOSTS: 'login:8080' }).oidc?.issuer).toBe('http://login:8080');
    expect(() => readConfig(issuer)).toThrow('OIDC_ISSUER needs OIDC_AUDIENCE');
    expect(() => readConfig({ OIDC_TENANT: 'north' })).toThrow('OIDC_ISSUER must be set');
    expect(() => readConfig({ OIDC_ISSUER: 'login', OIDC_AUDIENCE: 'x' })).toThrow('must be the URL of an issuer');
  });

  it('counts an empty value as not set', () => {
    expect(readConfig({ PORT: '', KAFKA_BROKERS: ' ' }).http.port).toBe(3000);
  });

  it.each([
    [{ PORT: 'eighty' }, /^configuration: PORT must be a whole number$/],
    [{ PORT: '70000' }, /^configuration: PORT must be 0 to 65535$/],
    [{ PORT: '80.5' }, /^configuration: PORT must be a whole number$/],
    [
      { DATABASE_URL: 'mysql://x/y' },
      /^configuration: DATABASE_URL must be a URL that starts with postgres:\/\/ or postgresql:\/\/$/,
    ],
    [{ REDIS_URL: 'localhost:6379' }, /^configuration: REDIS_URL must be a URL that starts with redis:/],
    [{ MQTT_URL: 'http://x' }, /^configuration: MQTT_URL must be/],
    [{ KAFKA_BROKERS: 'nohost' }, /^configuration: KAFKA_BROKERS must be a comma list of host:port$/],
    [{ RETENTION_REJECTIONS_DAYS: '-1' }, /^configuration: RETENTION_REJECTIONS_DAYS must not be negative$/],
    [
      { RETENTION_DELIVERIES_DAYS: '7' },
      /^configuration: RETENTION_DELIVERIES_DAYS must be 0 \(for ever\) or at least 8: /,
    ],
    [{ RETENTION_ALERTS_DAYS: '399' }, /^configuration: RETENTION_ALERTS_DAYS must be 0 .* at least RETENTION_DAYS/],
    [{ RETENTION_DAYS: '0', RETENTION_AUDIT_DAYS: '9999' }, /^configuration: RETENTION_AUDIT_DAYS must be 0/],
    [{ RATE_LIMIT_CLIENT: 'many' }, /^configuration: RATE_LIMIT_CLIENT must be a whole number$/],
    [{ TRUSTED_PROXIES: 'proxy.local' }, /^configuration: TRUSTED_PROXIES must be a comma list of addresses/],
    [{ MAX_STREAMS: '0' }, /^configuration: MAX_STREAMS must be at least 1$/],
    [{ ENCRYPTION_KEYS: 'k1:too-short' }, /^configuration: ENCRYPTION_KEYS must be a list of id:key/],
    [
      { ENCRYPTION_KEYS: `k1:${'A'.repeat(43)}=`, ENCRYPTION_KEYS_FILE: 'x' },
      /^configuration: set either ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE$/,
    ],
    [{ DATABASE_CA_FILE: 'ca' }, /^configuration: DATABASE_CA_FILE needs DATABASE_URL$/],
    [{ REDIS_CA_FILE: 'ca', REDIS_URL: 'redis://x' }, /^configuration: REDIS_CA_FILE needs a REDIS_URL that starts/],
    [{ KAFKA_CA_FILE: 'ca' }, /^configuration: .* need KAFKA_BROKERS$/],
    [{ KAFKA_BROKERS: 'a:1', KAFKA_CERT_FILE: 'c' }, /KAFKA_KEY_FILE must be set together with KAFKA_CERT_FILE/],
    [{ KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'gssapi' }, /KAFKA_SASL_MECHANISM must be one of plain, scram/],
    [{ KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'u' }, /KAFKA_SASL_MECHANISM and KAFKA_PASSWORD must be set together/],
    [{ LOG_LEVEL: 'loud' }, /^configuration: LOG_LEVEL must be one of/],
    [
      { BOOTSTRAP_TENANT: 'a' },
      /BOOTSTRAP_CLIENT_ID and BOOTSTRAP_CLIENT_SECRET must be set together with BOOTSTRAP_TENANT/,
    ],
    [
      { BOOTSTRAP_TENANT: 'a b', BOOTSTRAP_CLIENT_ID: 'c', BOOTSTRAP_CLIENT_SECRET: '12345678' },
      /BOOTSTRAP_TENANT may hold letters, digits/,
    ],
    [{ TLS_CERT_FILE: 'x' }, /TLS_KEY_FILE must be set together with TLS_CERT_FILE/],
  ])('refuses %j in one line', (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
  });

  it('shows no secret', () => {
    const config = readConfig({
      DATABASE_URL: 'postgres://me:hunter2@db:5432/x',
      REDIS_URL: 'redis://:hunter2@cache:6379/1',
      MQTT_URL: 'mqtt://me:hunter2@broker',
      BOOTSTRAP_TENANT: 'ward',
      BOOTSTRAP_CLIENT_ID: 'admin',
      BOOTSTRAP_CLIENT_SECRET: 'hunter2-hunter2',
    });
    const shown = JSON.stringify(redacted(config));
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('db:5432');
  });
});
