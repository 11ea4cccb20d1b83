import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { measureByName } from '#libs/domain/quantities';
import { fitCandidates } from '#libs/platform/storage';
import { PERSONAL_GLUCOSE } from '../simulation/personal-glucose.js';
import type { Fits } from './fits.js';

export interface RefitsDeps {
  readonly pool: Pool;
  readonly fits: Pick<Fits, 'start'>;
  readonly onProblem: (error: unknown) => void;
}

const EVERY_MS = 10 * 60_000;
/** Fits asked for at a time; a tenant has a bound of its own. */
const MAX_STARTED = 10;
const CODES = {
  glucose: measureByName('glucose').number,
  insulin: [measureByName('insulin-basal-rate').number],
};

/** Asks for a fit where a day of new data is there. Any number of processes may do it: a fit that waits is not asked for twice. */
export class Refits implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: RefitsDeps) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private wake(): void {
    this.running ??= this.look()
      .then(() => undefined, this.deps.onProblem)
      .finally(() => {
        this.running = undefined;
      });
  }

  /** @returns how many fits were asked for */
  async look(): Promise<number> {
    const due = await fitCandidates(this.deps.pool, PERSONAL_GLUCOSE.id, CODES, MAX_STARTED);
    for (const { tenant, patient } of due) await this.deps.fits.start(tenant, '', patient);
    return due.length;
  }
}
