import type { Alert } from '../api/alert.js';
import { useLiveEvents } from '../live/use-live.js';

/** Calls with each transition of an alert that the signed-in person may see, as they come. */
export function useAlertFeed(listener: (alert: Alert) => void): void {
  useLiveEvents('alert', listener);
}
