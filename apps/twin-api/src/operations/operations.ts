import type { Pool } from 'pg';
import type { z } from 'zod';
import type { OperationsSchema, SourceListSchema, SourcesQuery } from '#libs/contracts';
import { tenantFlow, type TenantFlow } from '#libs/platform/storage';
import { recentAnswer } from '#libs/platform/telemetry';
import { iso } from '../wire.js';
import type { FlowHistory, Moment, Reader } from './flow-history.js';
import { appendedOf, appliedOf, growth, lagOf, type Counted } from './log-flow.js';
import { sourcesOf } from './sources.js';

export const OPERATIONS = Symbol('Operations');

type Answer = z.input<typeof OperationsSchema>;
type Stage = Answer['stages'][number];

const WINDOW_MS = 60_000;
/** Pages ask each two seconds: one look serves all that ask together. */
const RECENT_MS = 1_500;

/** What an operator looks at, by tenant key. */
export class Operations {
  private readonly moments: () => Promise<readonly Moment[]>;
  private readonly byTenant = new Map<number, () => Promise<Answer>>();

  /** @param isWhole this process does the work of all apps, so that its own counts are those of the installation */
  constructor(
    private readonly pool: Pool,
    history: Pick<FlowHistory, 'upToNow'>,
    private readonly isWhole: boolean,
  ) {
    this.moments = recentAnswer(() => history.upToNow(), RECENT_MS);
  }

  figures(tenant: number): Promise<Answer> {
    let answer = this.byTenant.get(tenant);
    if (answer === undefined) {
      answer = recentAnswer(() => this.look(tenant), RECENT_MS);
      this.byTenant.set(tenant, answer);
    }
    return answer();
  }

  sources(tenant: number, query: z.output<typeof SourcesQuery>): Promise<z.input<typeof SourceListSchema>> {
    return sourcesOf(this.pool, tenant, query, Date.now());
  }

  private async look(tenant: number): Promise<Answer> {
    const [moments, flow] = await Promise.all([this.moments(), tenantFlow(this.pool, tenant, WINDOW_MS)]);
    const process = this.isWhole ? processStages(moments) : { receive: [], store: [] };
    const [fromLog, reading] = [logStages(moments), tenantStages(flow)];
    return {
      asOf: iso(Date.now()),
      windowSeconds: 60,
      // In the order in which a sample goes through them.
      stages: [
        ...process.receive,
        reading.reject,
        fromLog.log,
        fromLog.apply,
        ...process.store,
        reading.alert,
        fromLog.dispatch,
        reading.deliver,
      ],
      waiting: flow.waiting,
    };
  }
}

function processStages(moments: readonly Moment[]): { readonly receive: Stage[]; readonly store: Stage[] } {
  const total = (of: (moment: Moment) => number) =>
    growth(
      moments.map((moment) => ({ at: moment.at, total: of(moment) })),
      WINDOW_MS,
    );
  const from = { of: 'installation', from: 'process', lag: null } as const;
  return {
    receive: [{ stage: 'receive', title: 'Samples received', ...from, ...rate(total(({ received }) => received)) }],
    store: [{ stage: 'store', title: 'Measurements stored', ...from, ...rate(total(({ stored }) => stored)) }],
  };
}

function logStages(moments: readonly Moment[]): Readonly<Record<'log' | Reader, Stage>> {
  const samples = (reader: Reader) => moments.map(({ readers }) => readers[reader]);
  const input = samples('apply');
  const from = { of: 'installation', from: 'log' } as const;
  const reading = (reader: Reader): Pick<Stage, 'lag' | 'count' | 'coveredSeconds' | 'perSecond'> => ({
    ...rate(
      growth(
        samples(reader).map((sample) => ({ at: sample.at, total: appliedOf(sample) })),
        WINDOW_MS,
      ),
    ),
    lag: lagOf(samples(reader)),
  });
  const appended = growth(
    input.map((sample) => ({ at: sample.at, total: appendedOf(sample) })),
    WINDOW_MS,
  );
  return {
    log: { stage: 'log', title: 'Records written to the log', ...from, ...rate(appended), lag: null },
    apply: { stage: 'apply', title: 'Records applied to twins', ...from, ...reading('apply') },
    dispatch: { stage: 'dispatch', title: 'Alert records read by the dispatcher', ...from, ...reading('dispatch') },
  };
}

function tenantStages(flow: TenantFlow): Readonly<Record<'reject' | 'alert' | 'deliver', Stage>> {
  const from = { of: 'tenant', from: 'database', lag: null } as const;
  const counted = (count: number) => rate({ count, coveredSeconds: WINDOW_MS / 1000 });
  const lag = { records: flow.due, seconds: Math.max(0, Math.round((flow.dueSinceMs ?? 0) / 100) / 10) };
  return {
    reject: { stage: 'reject', title: 'Samples and resources rejected', ...from, ...counted(flow.rejections) },
    alert: { stage: 'alert', title: 'Alert transitions', ...from, ...counted(flow.transitions) },
    deliver: { stage: 'deliver', title: 'Messages delivered to webhooks', ...from, ...counted(flow.delivered), lag },
  };
}

function rate({ count, coveredSeconds }: Counted): Pick<Stage, 'count' | 'coveredSeconds' | 'perSecond'> {
  const perSecond = coveredSeconds === 0 ? 0 : Math.round((100 * count) / coveredSeconds) / 100;
  return { count, coveredSeconds: Math.round(coveredSeconds * 10) / 10, perSecond };
}
