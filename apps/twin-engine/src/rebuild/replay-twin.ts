import type { ClientBase } from 'pg';
import {
  createMemory,
  initialTwin,
  reapply,
  type Applied,
  type Catalogue,
  type StoredMeasurement,
  type TwinState,
} from '#libs/domain/twin';
import { measurementVersion, tenantLimitsAt, type TwinRowHead } from '#libs/platform/storage';
import { History } from './history.js';
import { receiptsOf, type Receipt } from './receipts.js';

/** A record asks for windows at most twice. */
const MAX_ROUNDS = 4;

/** A twin made from the tables, before it takes over what was emitted. */
export interface Replayed {
  readonly state: TwinState;
  readonly records: number;
}

/**
 * Applies everything that the tables have of a patient in order of receipt, through the same core, and emits nothing. Timers that came due in
 * between are ticked when they were due, up to the moment at which the stored twin was last written.
 */
export async function replayTwin(client: ClientBase, catalogue: Catalogue, twin: TwinRowHead): Promise<Replayed> {
  const limits = await tenantLimitsAt(client, twin.tenant, twin.createdAt);
  const run = new Replay(client, catalogue, twin, initialTwin(catalogue, twin.tenant, twin.patient, limits));
  for await (const receipt of receiptsOf(client, twin)) {
    run.tickUntil(receipt.record.receivedAt);
    await run.take(receipt);
  }
  run.tickUntil(twin.updatedAt);
  return { state: run.state, records: run.records };
}

class Replay {
  records = 0;
  private readonly memory = createMemory();
  private readonly history = new History();

  constructor(
    private readonly client: ClientBase,
    private readonly catalogue: Catalogue,
    private readonly twin: TwinRowHead,
    public state: TwinState,
  ) {}

  async take(receipt: Receipt): Promise<void> {
    const known = new Map<string, StoredMeasurement | null>();
    for (const { identity, version } of receipt.stored)
      if (!known.has(identity)) known.set(identity, await this.before(identity, version));
    this.memory.load({ identities: [...known].map(([identity, stored]) => ({ identity, stored })) });
    this.apply(receipt);
  }

  /** The version before this one: what the sender's value met. */
  private async before(identity: string, version: number): Promise<StoredMeasurement | null> {
    if (version === 1) return null;
    const known = this.history.get(identity);
    return known ?? (await measurementVersion(this.client, this.twin, identity, version - 1)) ?? null;
  }

  private apply({ record, identities }: Pick<Receipt, 'record' | 'identities'>): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = reapply(this.catalogue, this.state, record, this.memory, identities);
      if (outcome.kind === 'needs') this.history.load(this.memory, outcome);
      else return this.keep(outcome);
    }
    throw new Error('the core keeps asking for what it was given');
  }

  private keep(outcome: Applied): void {
    this.state = outcome.state;
    this.memory.remember(outcome);
    this.history.remember(outcome);
    this.records += 1;
  }

  tickUntil(end: number): void {
    const { tenant, patient } = this.twin;
    for (;;) {
      const due = earliest(this.state);
      if (due === undefined || due >= end) return;
      const receivedAt = Math.max(due, this.state.heard);
      this.apply({ record: { v: 1, kind: 'tick', tenant, patient, receivedAt }, identities: new Map() });
      const next = earliest(this.state);
      if (next !== undefined && next <= due) return;
    }
  }
}

function earliest({ timers }: TwinState): number | undefined {
  const times = Object.values(timers);
  return times.length === 0 ? undefined : Math.min(...times);
}
