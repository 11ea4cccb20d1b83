import { useCallback, useEffect, useRef, useState } from 'react';
import type { Alert } from '../api/alert.js';
import { fill, strings } from '../strings/strings.js';
import { useAlertFeed } from './alert-feed.js';
import { NewHighAlerts } from './new-high-alerts.js';
import type { OpenHigh } from './open-high.js';

export interface Announcement {
  readonly key: string;
  readonly text: string;
}

/** Until it leaves the live region, so that nobody who reads on from there meets what is old. */
const SHOWN_MS = 30_000;

/**
 * New high alerts, each once: from the stream, and from the list in case the stream was interrupted.
 *
 * @param onNew called once with each
 */
export function useAnnouncements(open: OpenHigh | undefined, onNew: (alert: Alert) => void): readonly Announcement[] {
  const [announcements, setAnnouncements] = useState<readonly Announcement[]>([]);
  const alerts = useRef(new NewHighAlerts());
  const hasBegun = useRef(false);
  const take = useCallback(
    (alert: Alert) => {
      if (!alerts.current.take(alert)) return;
      const announcement = { key: `${alert.id} ${alert.sequence}`, text: textOf(alert) };
      setAnnouncements((shown) => [...shown, announcement]);
      setTimeout(() => setAnnouncements((shown) => shown.filter((one) => one !== announcement)), SHOWN_MS);
      onNew(alert);
    },
    [onNew],
  );
  useAlertFeed(take);
  useEffect(() => {
    if (open === undefined) return;
    if (hasBegun.current) {
      for (const alert of open.items) take(alert);
    } else {
      alerts.current.begin(open.items, open.isComplete);
      hasBegun.current = true;
    }
  }, [open, take]);
  return announcements;
}

function textOf({ rule, patient, summary }: Alert): string {
  return fill(strings.announce.newHigh, { title: rule.title, patient, summary });
}
