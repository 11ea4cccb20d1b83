import type { HotState } from './hot-state.js';
import { MemoryHotState } from './memory-hot-state.js';
import { RedisHotState } from './redis.js';

/** Redis when there is one; else in this process, which is enough for a system that is one process. */
export function createHotState(redisUrl: string | undefined, caFile?: string): HotState {
  return redisUrl === undefined ? new MemoryHotState() : new RedisHotState(redisUrl, { caFile });
}
