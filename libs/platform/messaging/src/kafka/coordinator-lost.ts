/** Errors on which kafkajs gives a member up for good, though a broker that comes back answers them a moment later. */
const LOST: ReadonlySet<string> = new Set(['KafkaJSGroupCoordinatorNotFound']);

/** Whether a member was given up because its group's coordinator was away; the client may wrap the error in others. */
export function isCoordinatorLost(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (LOST.has(one.name)) return true;
  return false;
}
