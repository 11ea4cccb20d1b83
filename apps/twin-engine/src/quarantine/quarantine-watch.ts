import type { Pool } from 'pg';
import { readTwin, type Catalogue } from '#libs/domain/twin';
import {
  countQuarantined,
  inTransaction,
  listQuarantined,
  loadTwins,
  lockDeferred,
  type PatientId,
} from '#libs/platform/storage';
import { wakeLanes } from '#libs/platform/delivery';
import { emitAlerts } from '../write/emit-alerts.js';
import { release } from './quarantine.js';

export interface QuarantineWatchDeps {
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  readonly onCount: (twins: number) => void;
  readonly onReleased: (twin: { readonly tenant: number; readonly key: string }) => void;
  readonly onProblem: (error: unknown) => void;
}

const EVERY_MS = 30_000;
/** Engines of two versions that run at once do not take a twin out of each other's quarantine more often than this, s. */
const MIN_SECONDS = 120;
const MAX_AT_ONCE = 200;

/**
 * Counts the twins in quarantine, and lets out those that this software can read: after an upgrade or the end of a rollback nobody has to
 * rebuild what was only of another version.
 */
export class QuarantineWatch {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: QuarantineWatchDeps) {}

  start(): void {
    this.timer = setInterval(() => this.run(MIN_SECONDS), EVERY_MS);
    this.timer.unref();
    this.run(0);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private run(leastSeconds: number): void {
    this.running ??= this.round(leastSeconds)
      .catch(this.deps.onProblem)
      .finally(() => {
        this.running = undefined;
      });
  }

  async round(leastSeconds: number): Promise<void> {
    const { pool } = this.deps;
    for (const twin of await listQuarantined(pool, leastSeconds, MAX_AT_ONCE)) {
      if (await this.releaseReadable(twin)) this.deps.onReleased(twin);
    }
    this.deps.onCount(await countQuarantined(pool));
  }

  private async releaseReadable(patient: PatientId): Promise<boolean> {
    const { pool, catalogue } = this.deps;
    const lanes = await inTransaction(pool, async (client) => {
      const now = await lockDeferred(client, patient);
      if (now === undefined) return undefined;
      const [row] = await loadTwins(client, [patient]);
      if (row?.snapshot == null || readTwin(catalogue, row.snapshot, row).kind !== 'twin') return undefined;
      return emitAlerts(client, (await release(client, patient, now)).alerts, now);
    });
    if (lanes === undefined) return false;
    // It is out of quarantine: a wake that fails must not hide that, and the dispatchers also look by themselves.
    await wakeLanes(pool, lanes).catch(this.deps.onProblem);
    return true;
  }
}
