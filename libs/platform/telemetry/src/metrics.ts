import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of a process. Labels are closed sets (reasons, rules, topics): never an id, never a value sent by a client. */
export interface Metrics {
  readonly samplesAccepted: Counter;
  /** label `reason` */
  readonly samplesRejected: Counter;
  readonly measurementsApplied: Counter;
  readonly measurementsDuplicate: Counter;
  /** labels `rule`, `transition` */
  readonly alertTransitions: Counter;
  /** label `outcome` */
  readonly webhookDeliveries: Counter;
  /** label `topic` */
  readonly logLag: Gauge;
  /** Seconds from the gateway's receipt of the record to the subscriber's answer. */
  readonly ingestToWebhook: Histogram;
  /** Makes a metric, or answers the one made before under this name. Names start with `homeostat_`. */
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
  /** The exposition text and its content type. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** For the histogram of an app's stages, seconds; names end with `_stage_seconds`, label `stage`. */
export const STAGE_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

const LATENCY_BUCKETS = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  function counter(name: string, help: string, labels: readonly string[] = []): Counter {
    return made<Counter>(registry, name) ?? new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  }
  function gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    return made<Gauge>(registry, name) ?? new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  }
  function histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly string[] = [],
  ): Histogram {
    return (
      made<Histogram>(registry, name) ??
      new Histogram({ name, help, buckets: [...buckets], labelNames: [...labels], registers: [registry] })
    );
  }

  return {
    samplesAccepted: counter('homeostat_samples_accepted_total', 'Samples made durable by a gateway'),
    samplesRejected: counter('homeostat_samples_rejected_total', 'Samples refused or quarantined by a gateway', [
      'reason',
    ]),
    measurementsApplied: counter('homeostat_measurements_applied_total', 'Measurements the engine wrote'),
    measurementsDuplicate: counter('homeostat_measurements_duplicate_total', 'Measurements the engine knew already'),
    alertTransitions: counter('homeostat_alert_transitions_total', 'Steps of alert episodes', ['rule', 'transition']),
    webhookDeliveries: counter('homeostat_webhook_deliveries_total', 'Webhook attempts by what came of them', [
      'outcome',
    ]),
    logLag: gauge('homeostat_log_lag_records', 'Records of a topic that its slowest consumer has not applied', [
      'topic',
    ]),
    ingestToWebhook: histogram(
      'homeostat_ingest_to_webhook_seconds',
      'From the receipt of a record at a gateway to the acknowledged webhook of the alert it caused',
      LATENCY_BUCKETS,
    ),
    counter,
    gauge,
    histogram,
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function made<T>(registry: Registry, name: string): T | undefined {
  return registry.getSingleMetric(name) as T | undefined;
}
