import type { Metrics } from '#libs/platform/telemetry';
import type { Decision, Step, StepResult } from '#libs/fhir-rest';

const BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

export type Interaction = 'bundle' | 'write' | 'delete' | 'read' | 'history' | 'search' | 'validate';

/** The figures of the EHR gateway. Labels are closed sets: R4 types, outcomes, reasons. */
export class Meter {
  private readonly resources;
  private readonly unmeasured;
  private readonly seconds;

  constructor(private readonly metrics: Pick<Metrics, 'counter' | 'histogram' | 'samplesAccepted'>) {
    this.resources = metrics.counter(
      'homeostat_fhir_resources_total',
      'Resources of FHIR requests by what came of them',
      ['type', 'outcome'],
    );
    this.unmeasured = metrics.counter(
      'homeostat_fhir_unmeasured_total',
      'Stored resources, or parts of them, that could not become a measurement',
      ['reason'],
    );
    this.seconds = metrics.histogram('homeostat_fhir_request_seconds', 'Time to answer a FHIR request', BUCKETS, [
      'interaction',
    ]);
  }

  /** Counts what was committed. */
  stored(steps: readonly Step[], decision: Decision): void {
    for (const step of steps) {
      const result = decision.results[step.index];
      if (step.kind === 'refused') this.resources.inc({ type: 'unknown', outcome: 'refused' });
      else if (result !== undefined) this.resources.inc({ type: step.type, outcome: outcomeOf(result) });
    }
    for (const { reason } of decision.unmeasured) this.unmeasured.inc({ reason });
    let samples = 0;
    for (const news of decision.news.values()) samples += news.samples.length;
    if (samples > 0) this.metrics.samplesAccepted.inc(samples);
  }

  /** Counts a request of which nothing was stored. */
  refused(resources: number): void {
    this.resources.inc({ type: 'unknown', outcome: 'refused' }, resources);
  }

  async timed<T>(interaction: Interaction, work: () => Promise<T>): Promise<T> {
    const stop = this.seconds.startTimer({ interaction });
    try {
      return await work();
    } finally {
      stop();
    }
  }
}

function outcomeOf(result: StepResult): string {
  switch (result.kind) {
    case 'written':
      return result.created ? 'created' : 'updated';
    case 'deleted':
      return 'deleted';
    case 'found':
    case 'notModified':
    case 'page':
    case 'later':
      return 'read';
    case 'matched':
      return 'matched';
    case 'refused':
      return 'refused';
  }
}
