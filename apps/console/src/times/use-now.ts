import { useSyncExternalStore } from 'react';
import { live } from '../live/live.js';
import { serverNow } from './server-now.js';

const STEP_MS = 1_000;
let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function step(): void {
  now = serverNow();
  for (const each of listeners) each();
}

live.clock.onJump(step);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = serverNow();
    timer = setInterval(step, STEP_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, as often as it makes a difference of `stepMs` to what is shown; one timer for the whole page. */
export function useNow(stepMs = STEP_MS): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / stepMs) * stepMs);
}
