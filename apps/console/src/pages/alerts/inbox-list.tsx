import { useState } from 'react';
import type { Alert } from '../../api/alert.js';
import { usePatientLabels } from '../../api/use-patient-labels.js';
import { useLiveEvents } from '../../live/use-live.js';
import { useAlert } from './use-alert.js';
import { strings } from '../../strings/strings.js';
import { AlertItem } from './alert-item.js';
import { heldOrder, type Held } from './held-order.js';

interface Props {
  readonly items: readonly Alert[];
  readonly isEmpty: boolean;
}

/** The list. The alert that somebody is at keeps its place until they go on to another, or its patient goes. */
export function InboxList({ items, isEmpty }: Props): React.ReactNode {
  const [held, setHeld] = useState<Held<Alert>>();
  useLiveEvents('patient-removed', ({ patient }: Pick<Alert, 'patient'>) => {
    if (held?.item.patient === patient) setHeld(undefined);
  });
  const isElsewhere = held !== undefined && !items.some(({ id }) => id === held.item.id);
  const newest = useAlert(isElsewhere ? held.item.id : undefined).data;
  const labels = usePatientLabels();
  const shown = heldOrder(items, held && { index: held.index, item: newest ?? held.item });
  if (shown.length === 0) return <p>{isEmpty ? strings.alerts.none : strings.alerts.noneHere}</p>;
  return (
    <ul className="inbox" aria-label={strings.alerts.inbox}>
      {shown.map((alert, index) => (
        <AlertItem
          key={alert.id}
          alert={alert}
          label={labels.get(alert.patient)}
          onEnter={() => {
            if (held?.item.id !== alert.id) setHeld({ item: alert, index });
          }}
        />
      ))}
    </ul>
  );
}
