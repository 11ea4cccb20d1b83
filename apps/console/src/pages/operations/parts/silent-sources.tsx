import { useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { useMeasures } from '../../../api/use-measures.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { durationText } from '../shown/duration-text.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** Senders of which nothing came for 15 minutes. */
export function SilentSources(): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  const titles = useMeasures();
  const query = { silent: 'true' as const, limit: 50, ...(cursor === undefined ? {} : { cursor }) };
  const asked = usePolled(
    ['sources', cursor],
    () => answerOf(api.GET('/v1/sources', { params: { query } })),
    EVERY_MS.list,
  );
  return (
    <Part title={words.sources} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable name={words.sources} columns={Object.values(words.sourceColumns)} isEmpty={items.length === 0}>
            {items.map(({ source, device, patient, client, measures, newestAt, silentSeconds }) => (
              <tr key={`${patient} ${source} ${device}`}>
                <th scope="row">{device === null ? source : `${source} · ${device}`}</th>
                <td>{patient ?? words.unknown}</td>
                <td>{client ?? words.unknown}</td>
                <td>{measures.map((code) => titles.get(code)?.title ?? code).join(', ')}</td>
                <td>
                  <Time at={newestAt} />
                </td>
                <td>{durationText(silentSeconds)}</td>
              </tr>
            ))}
          </ListTable>
          <PageButtons cursor={cursor} next={next} onPage={setCursor} />
        </>
      )}
    </Part>
  );
}
