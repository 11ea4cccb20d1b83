import mqtt from 'mqtt';
import { loadConfig } from '#libs/platform/config';
import { serve } from '#libs/platform/runtime';
import { allModules } from '../all-in-one.module.js';
import { admit } from './admission.js';
import { AlertReceiver } from './alert-receiver.js';
import { backfill, backfillFrom, openingOf } from './backfill.js';
import { DemoFile } from './demo-file.js';
import { putDemoUser } from './demo-user.js';
import { ApiClient } from './api-client.js';
import { isFree } from './ports.js';
import { fitTo } from './pump/personal-fit.js';
import { pumpsSince, streamPumps, type Newest } from './pump/pump-history.js';
import { PUMP_BEDS, PumpPerson } from './pump/pump-person.js';
import { pumpTour } from './pump/pump-screen.js';
import { alertLine, welcome } from './screen.js';
import { streamWard } from './stream.js';
import { subscribe } from './subscription.js';
import { BEDS, SimulatedPatient } from './ward.js';

// The whole demo in one process: every app, a webhook receiver, and a simulated ward that comes in by the public API.
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const config = loadConfig('all-in-one', { LOG_LEVEL: 'warn' });
for (const [name, port] of [
  ['PORT', config.http.port],
  ...(config.mqtt.url === undefined ? ([['MQTT_PORT', config.mqtt.port]] as const) : []),
] as const) {
  if (await isFree(port, config.http.host)) continue;
  process.stderr.write(`start: port ${port} of ${config.http.host} is taken; set ${name} to a free one\n`);
  process.exit(1);
}
const file = new DemoFile(config.dataDir);
const last = file.open();
const state = { ...last, ...config.bootstrapClient };
const receiver = await AlertReceiver.open(last.webhook?.port ?? 0, (message) =>
  say(alertLine(message, BEDS, Date.now())),
);
receiver.secret = last.webhook?.secret;

const { platform, server } = await serve('all-in-one', allModules, {
  ...config,
  bootstrapClient: { tenant: state.tenant, clientId: state.clientId, clientSecret: state.clientSecret },
  webhookAllowedHosts: [...config.webhookAllowedHosts, `127.0.0.1:${receiver.port}`],
});
platform.onClose(() => receiver.close());

try {
  await runWard();
} catch (error) {
  if (!platform.closing.aborted) {
    say(`the demo stops: ${error instanceof Error ? error.message : String(error)}`);
    platform.fail('the simulated ward stopped');
  }
}

async function runWard(): Promise<void> {
  const { closing } = platform;
  const api = new ApiClient(server.url, state, closing);
  const user = await putDemoUser(platform.pool, state);
  const kept = await subscribe(api, receiver, file, state);
  const known = await admit(api, BEDS, Date.now());
  const mqttUrl = config.mqtt.url ?? `mqtt://127.0.0.1:${config.mqtt.port}`;
  say(welcome({ ...state, user, url: server.url, mqttUrl, token: await api.accessToken(), patient: 'demo-bed-07' }));

  const now = Date.now();
  const openedAt = openingOf(known, kept.openedAt, now);
  const livedSince = pumpsSince(kept.pumpsSince, now);
  file.save({ ...kept, openedAt, pumpsSince: livedSince });
  const ward = { seed: 12, openedAt, from: backfillFrom(now) };
  const patients = BEDS.map((bed) => new SimulatedPatient(bed, ward));
  await backfill(api, patients, known, now);
  const client = await mqtt.connectAsync(mqttUrl, {
    clientId: 'homeostat-demo-ward',
    ...(config.mqtt.url === undefined ? { username: state.clientId, password: state.clientSecret } : {}),
  });
  const hangUp = (): void => void client.end(true);
  closing.addEventListener('abort', hangUp);
  client.on('error', (error) => platform.logger.warn({ err: error }, 'the MQTT connection of the ward'));
  await Promise.all([
    streamWard(patients, { http: api, mqtt: client, tenant: state.tenant }, closing),
    runPumps(api, livedSince, new Map([...known].map(([bed, { glucose }]) => [bed, glucose ?? 0]))),
  ]);
}

/** The people on pumps: their past faster than the clock, then as it happens. */
function runPumps(api: ApiClient, since: number, known: ReadonlyMap<number, number>): Promise<void> {
  const people = PUMP_BEDS.map((pump) => new PumpPerson(BEDS[pump.number - 1]!, pump, since));
  const tour = async (newest: ReadonlyMap<number, Newest>): Promise<void> => {
    await Promise.all(
      people.map(({ bed }) =>
        fitTo(api, bed.patient, newest.get(bed.number)?.reading.effectiveAt ?? '', platform.closing),
      ),
    );
    const { patient, label, number } = people[0]!.bed;
    const bolus = newest.get(number)?.bolus;
    if (bolus !== undefined) say(pumpTour({ url: server.url, token: await api.accessToken(), patient, label, bolus }));
  };
  const failed = (error: unknown): void => {
    if (!platform.closing.aborted) say(`no tour of the people on pumps: ${String(error)}`);
  };
  return streamPumps(people, known, api, (newest) => void tour(newest).catch(failed), platform.closing);
}
