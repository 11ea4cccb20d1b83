import type { Pool } from 'pg';
import type { HotState } from '#libs/platform/storage';
import { WardFollower } from './ward-follower.js';
import type { WardPatients } from './ward-patients.js';

interface Parts {
  readonly pool: Pool;
  readonly hot: Pick<HotState, 'subscribePrefix'>;
  readonly patients: WardPatients;
}

/** One follower of each tenant that has readers here. */
export class WardFollowers {
  private readonly held = new Map<number, { readers: number; readonly started: Promise<WardFollower> }>();

  constructor(
    private readonly parts: Parts,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** To be given back by {@link release}. @throws when the database cannot be asked; then there is nothing to give back */
  async hold(tenant: number): Promise<WardFollower> {
    const held = this.held.get(tenant) ?? { readers: 0, started: this.start(tenant) };
    this.held.set(tenant, held);
    held.readers += 1;
    try {
      return await held.started;
    } catch (error) {
      if (this.held.get(tenant) === held) this.held.delete(tenant);
      throw error;
    }
  }

  release(tenant: number): void {
    const held = this.held.get(tenant);
    if (held === undefined) return;
    held.readers -= 1;
    if (held.readers > 0) return;
    this.held.delete(tenant);
    held.started.then((follower) => follower.stop()).catch(this.onFailure);
  }

  private async start(tenant: number): Promise<WardFollower> {
    const { pool, hot, patients } = this.parts;
    const follower = new WardFollower(tenant, pool, patients, hot, this.onFailure);
    try {
      await follower.start();
    } catch (error) {
      await follower.stop();
      throw error;
    }
    return follower;
  }
}
