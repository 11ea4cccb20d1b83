import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds. Throws, with the condition's text, when it does not within `timeoutMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
  everyMs = 10,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${condition.toString().slice(0, 120)}`);
    await sleep(everyMs);
  }
}
