import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { answerOf, api } from '../../../api/client.js';
import { Failed } from '../../../app/failed.js';
import { ScrollingTable } from '../../../figures/table/scrolling-table.js';
import { strings } from '../../../strings/strings.js';
import { shortDuration } from '../../../times/durations.js';
import { Time } from '../../../times/time.js';
import type { AskedScenario } from '../data/api-types.js';
import { viewKey } from '../data/view.js';
import { ScenarioResult } from './scenario-result.js';

const texts = strings.patient.askedBefore;
const PAGE = 10;

/** Key of the questions that were asked of a patient; what was asked does not depend on what is looked at. */
export function askedKey(patient: string): readonly unknown[] {
  return viewKey({ patient, knownAt: null }, 'scenarios');
}

/** What was asked of the patient, newest first, each with its answer. */
export function AskedBefore({ patient }: { readonly patient: string }): React.ReactNode {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [shown, setShown] = useState<string>();
  const cursor = cursors.at(-1);
  const { data, error, refetch } = useQuery({
    queryKey: [...askedKey(patient), cursor],
    queryFn: ({ signal }) => {
      const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      return answerOf(api.GET('/v1/twins/{patient}/scenarios', { params: { path: { patient }, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  const next = data?.next;
  return (
    <>
      <h3>{texts.title}</h3>
      {error !== null && <Failed error={error} reset={() => void refetch()} />}
      {data?.items.length === 0 && <p>{texts.none}</p>}
      {data !== undefined && data.items.length > 0 && (
        <ScrollingTable name={texts.title} columns={Object.values(texts.columns)}>
          {data.items.map((one) => (
            <AskedRow key={one.id} asked={one} isShown={one.id === shown} onShow={setShown} />
          ))}
        </ScrollingTable>
      )}
      <div className="chart-acts">
        {cursors.length > 0 && (
          <Button className="button" onPress={() => setCursors(cursors.slice(0, -1))}>
            {strings.alerts.previous}
          </Button>
        )}
        {next !== undefined && (
          <Button className="button" onPress={() => setCursors([...cursors, next])}>
            {strings.alerts.next}
          </Button>
        )}
      </div>
      {shown !== undefined && <AnswerOf id={shown} />}
    </>
  );
}

interface AskedRowProps {
  readonly asked: AskedScenario;
  readonly isShown: boolean;
  readonly onShow: (id: string | undefined) => void;
}

function AskedRow({ asked, isShown, onShow }: AskedRowProps): React.ReactNode {
  const { id, askedAt, from, minutes, arms } = asked;
  const row = useId();
  return (
    <tr>
      <th scope="row" id={row}>
        <Time at={askedAt} />
      </th>
      <td>
        <Time at={from} />
      </td>
      <td>{shortDuration(minutes * 60)}</td>
      <td>
        <bdi>{arms.join('; ')}</bdi>
      </td>
      <td>
        <Button
          className="button"
          aria-expanded={isShown}
          aria-describedby={row}
          onPress={() => onShow(isShown ? undefined : id)}
        >
          {isShown ? texts.hide : texts.show}
        </Button>
      </td>
    </tr>
  );
}

/** The answer as it was given: it is derived again, or the API says why it cannot be. */
function AnswerOf({ id }: { readonly id: string }): React.ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['scenario', id],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/scenarios/{id}', { params: { path: { id } }, signal })),
    staleTime: Infinity,
  });
  if (data !== undefined) return <ScenarioResult scenario={data} />;
  if (error !== null) return <Failed error={error} reset={() => void refetch()} />;
  return <p role="status">{strings.patient.asking}</p>;
}
