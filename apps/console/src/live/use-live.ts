import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { connectionState, type ConnectionState } from './connection-state.js';
import type { StreamEvent } from './event-text.js';
import { live } from './live.js';

const STEP_MS = 1_000;

/** Calls with each event of one kind (`patient`, `patient-removed`, `alert`) while the component is shown; `data` as the API has it. */
export function useLiveEvents<Data>(kind: string, listener: (data: Data) => void): void {
  const heard = useEffectEvent(listener);
  useEffect(
    () =>
      live.subscribe((message) => {
        if (message.kind === 'events')
          for (const one of ofKind(message.events, kind)) heard(JSON.parse(one.data) as Data);
      }),
    [kind],
  );
}

function ofKind(events: readonly StreamEvent[], kind: string): readonly StreamEvent[] {
  return events.filter(({ event }) => event === kind);
}

/** Calls whenever the stream begins anew: events between may have been missed. */
export function useLiveAnew(listener: () => void): void {
  const heard = useEffectEvent(listener);
  useEffect(() => live.subscribe(({ kind }) => (kind === 'anew' ? heard() : undefined)), []);
}

/** The state of the connection for all components: looked at each half second, because what is not heard makes no event. */
class ConnectionWatch {
  private shown: ConnectionState = { isLost: false, newestAt: null };
  private readonly listeners = new Set<() => void>();
  private stop: (() => void) | undefined;

  current = (): ConnectionState => this.shown;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.stop ??= this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.stop?.();
      this.stop = undefined;
    };
  };

  private start(): () => void {
    const leave = live.subscribe(() => undefined);
    const timer = setInterval(() => this.look(), STEP_MS / 2);
    return () => {
      clearInterval(timer);
      leave();
    };
  }

  private look(): void {
    const state = connectionState(live.heard, performance.now());
    if (state.isLost === this.shown.isLost && (!state.isLost || state.newestAt === this.shown.newestAt)) return;
    this.shown = state;
    for (const listener of this.listeners) listener();
  }
}

const watch = new ConnectionWatch();

/** Whether what is shown is live. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(watch.subscribe, watch.current);
}
