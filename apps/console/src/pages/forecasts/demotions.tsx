import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { answerOf, api } from '../../api/client.js';
import { useMeasures } from '../../api/use-measures.js';
import { Failed } from '../../app/failed.js';
import { mayOpen, PATIENT_ROLES } from '../../app/page-access.js';
import { useSession } from '../../app/session.js';
import { cellText } from '../../figures/table/cell-text.js';
import { ScrollingTable } from '../../figures/table/scrolling-table.js';
import { strings } from '../../strings/strings.js';
import { Time } from '../../times/time.js';

const text = strings.forecasts;
const PAGE = 25;

/** Models that were demoted to their baseline for a person, and came back, newest first. */
export function Demotions(): React.ReactNode {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { data, error, refetch } = useQuery({
    queryKey: ['model-statuses', cursor],
    queryFn: ({ signal }) => {
      const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      return answerOf(api.GET('/v1/model-statuses', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  return (
    <section>
      <h2>{text.demotions}</h2>
      <p>{text.demotionsNote}</p>
      {error !== null && <Failed error={error} reset={() => void refetch()} />}
      {data?.items.length === 0 && <p>{text.noDemotions}</p>}
      {data !== undefined && data.items.length > 0 && <StatusTable items={data.items} />}
      {cursors.length > 0 && (
        <Button className="button" onPress={() => setCursors(cursors.slice(0, -1))}>
          {strings.alerts.previous}
        </Button>
      )}
      {data?.next !== undefined && (
        <Button className="button" onPress={() => setCursors([...cursors, data.next as string])}>
          {strings.alerts.next}
        </Button>
      )}
    </section>
  );
}

interface Status {
  readonly patient: string;
  readonly code: string;
  readonly model: string;
  readonly status: 'active' | 'demoted';
  readonly reason: string;
  readonly skill: number;
  readonly n: number;
  readonly recordedAt: string;
  readonly newest: boolean;
}

function StatusTable({ items }: { readonly items: readonly Status[] }): React.ReactNode {
  const measures = useMeasures();
  const opensPatients = mayOpen(useSession().signedIn?.roles ?? [], PATIENT_ROLES);
  return (
    <ScrollingTable name={text.demotions} columns={text.demotionColumns}>
      {items.map(({ patient, code, model, status, reason, skill, n, recordedAt, newest }) => (
        <tr key={`${patient} ${model} ${code} ${recordedAt}`}>
          <td>
            <Time at={recordedAt} />
          </td>
          <th scope="row">{model}</th>
          <td>{measures.get(code)?.title ?? code}</td>
          <td>
            {opensPatients ? (
              <Link to="/patients/$patient" params={{ patient }}>
                {patient}
              </Link>
            ) : (
              patient
            )}
          </td>
          <td>
            {text.statuses[status]}
            {newest && `, ${text.holdsNow}`}
          </td>
          <td className="number">{cellText(skill)}</td>
          <td className="number">{cellText(n)}</td>
          <td>{reason}</td>
        </tr>
      ))}
    </ScrollingTable>
  );
}
