import { SEVERITIES } from '../../api/alert.js';
import { Choice } from '../../figures/choice/choice.js';
import { strings } from '../../strings/strings.js';
import { PatientFilter } from './patient-filter.js';
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
      <PatientFilter patient={search.patient ?? ''} onChange={(patient) => set({ patient })} />
    </search>
  );
}
