import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Alert } from '../api/alert.js';
import { labelQuery } from '../api/patient-label.js';
import { useLiveEvents } from '../live/use-live.js';
import { fill, strings } from '../strings/strings.js';
import { useAlertFeed } from './alert-feed.js';
import { NewHighAlerts } from './new-high-alerts.js';
import type { OpenHigh } from './open-high.js';

export interface Announcement {
  readonly key: string;
  readonly patient: string;
  readonly text: string;
}

/** Until it leaves the live region, so that nobody who reads on from there meets what is old. */
const SHOWN_MS = 30_000;
const NAMED_WITHIN_MS = 500;

/**
 * New high alerts, each once: from the stream, and from the list in case the stream was interrupted.
 *
 * @param onNew called once with each
 */
export function useAnnouncements(open: OpenHigh | undefined, onNew: (alert: Alert) => void): readonly Announcement[] {
  const [announcements, setAnnouncements] = useState<readonly Announcement[]>([]);
  const alerts = useRef(new NewHighAlerts());
  const hasBegun = useRef(false);
  const queries = useQueryClient();
  const take = useCallback(
    (alert: Alert) => {
      if (!alerts.current.take(alert)) return;
      onNew(alert);
      void whoOf(queries, alert.patient).then((who) => {
        const { id, sequence, patient } = alert;
        const announcement = { key: `${id} ${sequence}`, patient, text: textOf(alert, who) };
        setAnnouncements((shown) => [...shown, announcement]);
        setTimeout(() => setAnnouncements((shown) => shown.filter((one) => one !== announcement)), SHOWN_MS);
      });
    },
    [onNew, queries],
  );
  useAlertFeed(take);
  useLiveEvents('patient-removed', ({ patient }: Pick<Alert, 'patient'>) =>
    setAnnouncements((shown) => shown.filter((one) => one.patient !== patient)),
  );
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

function textOf({ rule, summary }: Alert, who: string): string {
  return fill(strings.announce.newHigh, { title: rule.title, who, summary });
}

/** Name and bed of a patient; the FHIR id where there is no name, or none in time: the alert is not held up by it. */
async function whoOf(queries: QueryClient, patient: string): Promise<string> {
  const unnamed = fill(strings.announce.unnamed, { patient });
  const named = queries.fetchQuery(labelQuery(patient)).then(({ label }) => {
    const parts = [label?.name ?? unnamed, label?.bed?.name].filter((part) => part !== undefined);
    return parts.join(', ');
  });
  const late = new Promise<string>((resolve) => setTimeout(resolve, NAMED_WITHIN_MS, unnamed));
  return Promise.race([named, late]).catch(() => unnamed);
}
