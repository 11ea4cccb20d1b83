import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLiveAnew, useLiveEvents } from '../live/use-live.js';
import { useAlertFeed } from './alert-feed.js';

/** First part of the keys of all queries about alerts. */
export const ALERTS = 'alerts';
/** Lists are asked for again at most this often, however much happens. */
const EVERY_MS = 1_000;

/** Asks again for all that is shown of alerts when one of them changes, or their patient goes: what others do is seen within two seconds. */
export function useAlertsFresh(): void {
  const queries = useQueryClient();
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Of a clock that nobody sets back. */
  const asked = useRef(-EVERY_MS);
  const askAgain = (): void => {
    due.current ??= setTimeout(
      () => {
        due.current = undefined;
        asked.current = performance.now();
        void queries.invalidateQueries({ queryKey: [ALERTS] });
      },
      // At once when nothing was asked lately.
      Math.max(0, asked.current + EVERY_MS - performance.now()),
    );
  };
  useAlertFeed(askAgain);
  useLiveEvents('patient-removed', askAgain);
  // What happened while there was no connection.
  useLiveAnew(askAgain);
  useEffect(() => () => clearTimeout(due.current), []);
}
