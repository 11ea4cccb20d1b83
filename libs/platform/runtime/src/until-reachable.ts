import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '#libs/platform/config';
import { isTransient } from '#libs/platform/messaging';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 500;

/** Repeats `work` while the service behind it is not up yet. */
export async function untilReachable<T>(service: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (Date.now() > deadline) {
        const { code } = error as { code?: unknown };
        throw new StartupError(`${service} cannot be reached (${typeof code === 'string' ? code : 'no answer'})`);
      }
      await sleep(PAUSE_MS);
    }
  }
}
