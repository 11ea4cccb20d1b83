import { parseArgs } from 'node:util';
import { Deployment } from '../test/support/deployment.js';
import { startOwnServices, type OwnServices } from '../test/support/services.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { busySeconds, CpuShares, machine, percentile, processesOf } from './machine.js';
import { createPatients, latencyPhase, steadyLoad } from './phases.js';
import { between, quantile, readStages, type Stages } from '../test/support/stages.js';

/**
 * `npm run bench:latency`: every app a process of its own on Kafka, Postgres and Redis. From the moment a sample was due to be sent until
 * its alert's webhook arrived, beside a steady load; the first second after the apps have started apart, with each process's share of the
 * CPU, what others on the machine used of it, and the time of each stage.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '200' },
    rate: { type: 'string', default: '1000' },
    'alerts-per-second': { type: 'string', default: '20' },
    alerts: { type: 'string', default: '400' },
    'seconds-before': { type: 'string', default: '5' },
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
    // The servers and the client are as they are in the middle of a day; the apps have just started.
    await steadyLoad(system.client, patients, { rate, seconds: Number(options['seconds-before']) });
    await system.stop();
    system = await Deployment.start(urls, 1);
    let lap = await Lap.begin(system, services);
    const { latencies, missing, achievedRate } = await latencyPhase(system.client, receiver, patients, subjects, {
      rate,
      alertsPerSecond,
      onBegin: async () => (lap = await Lap.begin(system, services)),
      onFirstSecond: async () => {
        await lap.end('the first second');
        lap = await Lap.begin(system, services);
      },
    });
    await lap.end('what follows');
    console.log(
      `${achievedRate.toFixed(0)} samples/s, one sample a request, ${alertsPerSecond} alerts/s; ${latencies.length} alerts, ${missing} missing`,
    );
    report('first second', latencies.slice(0, alertsPerSecond));
    report('after it', latencies.slice(alertsPerSecond));
    report('all', latencies);
  } finally {
    await system.stop();
    await receiver.stop();
    await services.stop();
  }
}

/** Where the time of one stretch of a run went. */
class Lap {
  private readonly from = performance.now();
  private readonly busyFrom = busySeconds();

  private constructor(
    private readonly system: Deployment,
    private readonly shares: CpuShares,
    private readonly before: Stages,
  ) {}

  static async begin(system: Deployment, services: OwnServices): Promise<Lap> {
    return new Lap(system, new CpuShares(processesOf(system, services)), await stagesOf(system));
  }

  async end(name: string): Promise<void> {
    const seconds = (performance.now() - this.from) / 1000;
    const used = Object.entries(this.shares.used()).map(([part, cpu]) => [part, cpu / seconds] as const);
    const ours = used.reduce((sum, [, cores]) => sum + cores, 0);
    const others = Math.max(0, (busySeconds() - this.busyFrom) / seconds - ours);
    console.log(
      `${name}, ${seconds.toFixed(1)} s. Cores in use: ${ours.toFixed(2)}, by others on this machine ${others.toFixed(2)}`,
    );
    console.log(`  ${used.map(([part, cores]) => `${part} ${cores.toFixed(3)}`).join(', ')}`);
    for (const [stage, after] of Object.entries(await stagesOf(this.system))) {
      const one = between(this.before[stage], after);
      if (one.count === 0) continue;
      const figures = [one.sum / one.count, quantile(one, 0.5), quantile(one, 0.99)].map((s) => (s * 1000).toFixed(1));
      const [mean, p50, p99] = figures.map((ms) => ms.padStart(7));
      console.log(`  ${stage.padEnd(58)} ms: mean ${mean}, p50 ${p50}, p99 ${p99} (${one.count})`);
    }
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
