import { parseArgs } from 'node:util';
import { Deployment } from '../test/support/deployment.js';
import { startOwnServices } from '../test/support/services.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { CpuShares, machine, percentile, processesOf } from './machine.js';
import { createPatients, latencyPhase } from './phases.js';
import { readStages, type Stages } from '../test/support/stages.js';

/**
 * `npm run bench:latency`: every app a process of its own on Kafka, Postgres and Redis. From the moment a sample was due to be sent until
 * its alert's webhook arrived, beside a steady load; the first second after the start apart; each process's share of the CPU and
 * each stage's share of the time.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '200' },
    rate: { type: 'string', default: '1000' },
    'alerts-per-second': { type: 'string', default: '20' },
    alerts: { type: 'string', default: '400' },
  },
});

async function main(): Promise<void> {
  console.log(machine());
  const rate = Number(options.rate);
  const alertsPerSecond = Number(options['alerts-per-second']);
  const services = await startOwnServices(['postgres', 'redis', 'kafka']);
  const receiver = await WebhookReceiver.start();
  const urls = { postgres: services.postgres.url, redis: services.redis.url, kafka: services.kafka.url };
  let system = await Deployment.start(urls, 1);
  try {
    await system.client.api('POST', '/v1/webhooks', { url: receiver.url });
    const patients = await createPatients(system.client, 'bench', Number(options.patients));
    const subjects = await createPatients(system.client, 'subject', Number(options.alerts));
    await system.stop();
    system = await Deployment.start(urls, 1);
    const shares = new CpuShares(processesOf(system, services));
    const stagesBefore = await stagesOf(system);
    const { latencies, missing, achievedRate } = await latencyPhase(system.client, receiver, patients, subjects, {
      rate,
      alertsPerSecond,
    });
    const seconds = (subjects.length / alertsPerSecond) | 0;
    console.log(
      `${achievedRate.toFixed(0)} samples/s, one sample a request, ${alertsPerSecond} alerts/s; ${latencies.length} alerts, ${missing} missing`,
    );
    report('first second', latencies.slice(0, alertsPerSecond));
    report('after it', latencies.slice(alertsPerSecond));
    report('all', latencies);
    console.log('CPU, cores in use:');
    for (const [name, used] of Object.entries(shares.used()))
      console.log(`  ${name.padEnd(20)} ${(used / seconds).toFixed(3)}`);
    console.log('stages, mean ms each (count):');
    for (const [name, { count, sum }] of Object.entries(await stagesOf(system))) {
      const n = count - (stagesBefore[name]?.count ?? 0);
      const mean = ((sum - (stagesBefore[name]?.sum ?? 0)) / n) * 1000;
      if (n > 0) console.log(`  ${name.padEnd(64)} ${mean.toFixed(2).padStart(8)}  (${n})`);
    }
  } finally {
    await system.stop();
    await receiver.stop();
    await services.stop();
  }
}

async function stagesOf(system: Deployment): Promise<Stages> {
  const all = await Promise.all(system.apps().map(({ url }) => readStages(url)));
  return Object.assign({}, ...all) as Stages;
}

function report(name: string, times: readonly number[]): void {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((part) => percentile(times, part).toFixed(1));
  console.log(
    `sample to webhook, ${name.padEnd(14)} p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms (${times.length} alerts)`,
  );
}

await main();
