import type { ConsumeOptions } from './event-log.js';
import { reasonOf, type LogWriter } from './log-writer.js';

/**
 * Where a member begins with a partition that it was given: where the consumer's own store says, else where the group stood. Asked
 * for until there is an answer.
 *
 * @param committed where the group stood, as the log knows it
 * @param wanted whether the partition is still this member's
 * @returns undefined when it is no longer wanted
 */
export async function startOffset(
  consume: ConsumeOptions,
  partition: number,
  committed: () => Promise<bigint>,
  wanted: () => boolean,
  logger: LogWriter,
): Promise<bigint | undefined> {
  for (let attempt = 0; wanted(); attempt++) {
    try {
      const start = (await consume.startAt?.(partition)) ?? (await committed());
      return wanted() ? start : undefined;
    } catch (error) {
      logger.warn({ group: consume.group, partition, reason: reasonOf(error) }, 'no start offset yet');
      await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** Math.min(attempt, 6))));
    }
  }
  return undefined;
}
