import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kafkaClient } from '#libs/platform/messaging';
import { startComposed } from './compose.js';
import { freePort, has, install, MissingServiceError, runServer, type Service } from './service.js';

const VERSION = '4.4.0';
const HERE = 'tools/services/kafka';

/** A listener with TLS and a login (SASL_SSL) in place of the open one. */
export interface SecuredListener {
  /** PEM: private key (PKCS #8) and certificate. */
  readonly keyAndCertificateFile: string;
  readonly username: string;
  readonly password: string;
}

/** A real Kafka broker in KRaft mode, one node, from its jars; no Docker. */
export async function startKafka(folder: string, secured?: SecuredListener): Promise<Service> {
  const missing = [has('java') ? '' : 'default-jre-headless', jarsPresent() || has('mvn') ? '' : 'maven'].filter(
    Boolean,
  );
  if (missing.length > 0 && !install(missing)) {
    const composed = startComposed('kafka');
    if (composed !== undefined) return composed;
    throw new MissingServiceError(
      'Kafka needs a Java runtime ≥ 17 and Maven: install them or Docker Compose, or set KAFKA_BROKERS',
    );
  }
  fetchJars();
  const [port, controllerPort] = [await freePort(), await freePort()];
  const open = secured === undefined ? port : await freePort();
  const data = join(folder, 'kafka-data');
  const properties = join(folder, 'kafka.properties');
  writeFileSync(
    properties,
    settings(open, controllerPort, data) +
      (secured === undefined ? '' : securedSettings(port, open, controllerPort, secured)),
  );
  const classpath = join(jarFolder(), '*');
  const format = spawnSync(
    'java',
    [
      '-Xmx256m',
      '-cp',
      classpath,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId(),
      '-c',
      properties,
      ...scramUsers(secured),
    ],
    { encoding: 'utf8', env: { ...process.env, LOG_DIR: folder } },
  );
  if (format.status !== 0)
    throw new MissingServiceError(`Kafka's storage could not be made: ${format.stderr.trim().split('\n').at(-1)}`);
  const broker = `127.0.0.1:${port}`;
  return runServer(broker, {
    command: 'java',
    args: [
      '-Xmx512m',
      '-Xms128m',
      // It lives for minutes: the compiler for code that runs for hours would take more of a core than the broker does.
      '-XX:TieredStopAtLevel=1',
      `-Dkafka.log=${join(folder, 'kafka.log')}`,
      `-Dlog4j2.configurationFile=${resolve(HERE, 'log4j2.properties')}`,
      '-cp',
      classpath,
      'kafka.Kafka',
      properties,
    ],
    port,
    logFile: join(folder, 'kafka.out'),
    readyWithinMs: 60_000,
    ready: () => answers(`127.0.0.1:${open}`),
  });
}

/** A broker opens its port before its coordinator serves. */
async function answers(broker: string): Promise<boolean> {
  const admin = kafkaClient({ brokers: [broker], clientId: 'launcher' }, undefined, undefined, { retries: 0 }).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function jarFolder(): string {
  return resolve(process.env['HOMEOSTAT_CACHE'] ?? '.cache', `kafka-${VERSION}`);
}

function jarsPresent(): boolean {
  return existsSync(jarFolder()) && readdirSync(jarFolder()).some((name) => name.startsWith('kafka_2.13'));
}

function fetchJars(): void {
  if (jarsPresent()) return;
  console.log(`fetching Kafka ${VERSION} (once, about 45 MB)`);
  const partial = `${jarFolder()}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const args = [
    '-q',
    '-B',
    '-f',
    join(HERE, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${partial}`,
  ];
  const got = spawnSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (got.status !== 0)
    throw new MissingServiceError(
      "Kafka's jars could not be fetched by Maven: check the network, or set KAFKA_BROKERS",
    );
  renameSync(partial, jarFolder());
}

/** Any 16 bytes in URL-safe base64. */
/** A random UUID as Kafka writes it, never with a hyphen first: the tool would take that for an option. */
function clusterId(): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(Math.random() * 256));
  return Buffer.from([bytes[0]! & 0x7f, ...bytes.slice(1)]).toString('base64url');
}

function settings(port: number, controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${data}
num.partitions=4
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
`;
}

/** Lines that count in place of the earlier ones; the open listener stays for the broker itself. */
function securedSettings(port: number, open: number, controllerPort: number, secured: SecuredListener): string {
  const { keyAndCertificateFile, username, password } = secured;
  const jaas = 'org.apache.kafka.common.security';
  return `listeners=PLAINTEXT://127.0.0.1:${open},SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${open},SASL_SSL://127.0.0.1:${port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=${jaas}.plain.PlainLoginModule required user_${username}="${password}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=${jaas}.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${jaas}.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=${keyAndCertificateFile}
`;
}

function scramUsers(secured: SecuredListener | undefined): string[] {
  if (secured === undefined) return [];
  return ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${secured.username},password=${secured.password}]`,
  ]);
}
