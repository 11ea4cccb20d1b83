import { TOPICS } from '#libs/contracts';
import { beat } from '#libs/platform/storage';
import type { Role } from '#libs/platform/config';
import type { Platform } from './platform.js';

const EVERY_MS = 2_000;
/** Processes through which data come, and without which nobody judges them. */
const TAKING_IN: readonly Role[] = ['all-in-one', 'fhir-gateway', 'wearable-gateway', 'twin-engine'];

/**
 * Says every two seconds that this process takes in data: it is up, and reaches the log and the database. The engine distinguishes by it an outage
 * of ours from silent devices.
 */
export function startHeartbeat(platform: Platform): void {
  const { config, pool, log, logger } = platform;
  if (!TAKING_IN.includes(config.role)) return;
  let failing = false;
  let running: Promise<void> | undefined;
  const round = async (): Promise<void> => {
    try {
      await log.ends(TOPICS.patientInput);
      await beat(pool, config.role);
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'the heartbeat failed');
      failing = true;
    }
  };
  const next = (): void => {
    running ??= round().finally(() => (running = undefined));
  };
  const timer = setInterval(next, EVERY_MS);
  next();
  platform.onClose(async () => {
    clearInterval(timer);
    await running;
  });
}
