import { useId, useState } from 'react';
import { SEVERITIES } from '../../api/alert.js';
import { Choice } from '../../figures/choice.js';
import { strings } from '../../strings/strings.js';
import { inboxSearch, STATUSES, type InboxSearch } from './inbox-search.js';

interface Props {
  readonly search: InboxSearch;
  readonly onChange: (search: InboxSearch) => void;
}

export function InboxFilters({ search, onChange }: Props): React.ReactNode {
  const set = (changed: Readonly<Record<string, string>>): void => onChange(inboxSearch({ ...search, ...changed }));
  return (
    <search className="filters">
      <Choice
        label={strings.alerts.status}
        value={search.status ?? ''}
        options={[
          ['', strings.alerts.anyStatus],
          ...STATUSES.map((status): [string, string] => [status, strings.alerts.statuses[status]]),
        ]}
        onChange={(status) => set({ status })}
      />
      <Choice
        label={strings.alerts.severity}
        value={search.severity ?? ''}
        options={[
          ['', strings.alerts.anySeverity],
          ...SEVERITIES.map((severity): [string, string] => [severity, strings.alerts.severities[severity]]),
        ]}
        onChange={(severity) => set({ severity })}
      />
      <PatientFilter key={search.patient} patient={search.patient ?? ''} onChange={(patient) => set({ patient })} />
    </search>
  );
}

interface PatientProps {
  readonly patient: string;
  readonly onChange: (patient: string) => void;
}

/** Takes effect with Enter or when it is left. */
function PatientFilter({ patient, onChange }: PatientProps): React.ReactNode {
  const id = useId();
  const [text, setText] = useState(patient);
  const apply = (): void => {
    if (text.trim() !== patient) onChange(text.trim());
  };
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <label htmlFor={id}>{strings.alerts.patient}</label>
      <input id={id} value={text} maxLength={64} onChange={(event) => setText(event.target.value)} onBlur={apply} />
    </form>
  );
}
