import { useEffect, useEffectEvent } from 'react';
import type { Alert } from '../api/alert.js';

type Listener = (alert: Alert) => void;

const TRANSITIONS = [
  'raised',
  'escalated',
  'deescalated',
  'amended',
  'retracted',
  'retrospective',
  'acknowledged',
  'snoozed',
  'resolved',
] as const satisfies readonly Alert['transition'][];

/** Transitions of alerts as they come, while somebody listens. The browser connects again by itself, after the last that it was sent. */
class AlertFeed {
  private readonly listeners = new Set<Listener>();
  private source: EventSource | undefined;

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    this.source ??= this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.source?.close();
      this.source = undefined;
    };
  }

  private open(): EventSource {
    const source = new EventSource('/v1/alerts/stream');
    for (const transition of TRANSITIONS)
      source.addEventListener(`alert.${transition}`, ({ data }: MessageEvent<string>) => {
        const alert = JSON.parse(data) as Alert;
        for (const listener of this.listeners) listener(alert);
      });
    return source;
  }
}

const feed = new AlertFeed();

/** Calls with each transition of an alert that the signed-in person may see. */
export function useAlertFeed(listener: Listener): void {
  const heard = useEffectEvent(listener);
  useEffect(() => feed.subscribe((alert) => heard(alert)), []);
}
