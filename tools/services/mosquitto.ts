import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startComposed } from './compose.js';
import { freePort, has, install, MissingServiceError, runServer, type Service } from './service.js';

/** The one user of the test broker; the gateway connects as it. */
const USER = 'homeostat';
const PASSWORD = 'mosquitto-for-tests';

export async function startMosquitto(folder: string): Promise<Service> {
  if (!has('mosquitto') && !has('/usr/sbin/mosquitto') && !install(['mosquitto'])) {
    const composed = startComposed('mosquitto');
    if (composed !== undefined) return composed;
    throw new MissingServiceError('Mosquitto is missing: install mosquitto or Docker Compose, or set MQTT_URL');
  }
  const command = has('mosquitto') ? 'mosquitto' : '/usr/sbin/mosquitto';
  const port = await freePort();
  const passwords = join(folder, 'mosquitto-passwords');
  writeFileSync(passwords, '');
  const made = spawnSync('mosquitto_passwd', ['-b', passwords, USER, PASSWORD], { stdio: 'ignore' });
  if (made.status !== 0)
    throw new MissingServiceError('mosquitto_passwd is missing: install mosquitto, or set MQTT_URL');
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${passwords}`,
      'persistence false',
      'max_queued_messages 10000',
      // As root it would become another user, who may not be able to enter the folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      '',
    ].join('\n'),
  );
  return runServer(`mqtt://${USER}:${PASSWORD}@127.0.0.1:${port}`, {
    command,
    args: ['-c', config],
    port,
    logFile: join(folder, 'mosquitto.log'),
    readyWithinMs: 10_000,
  });
}
