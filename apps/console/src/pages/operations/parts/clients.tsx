import { useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** The machines that may use the API, and what they may. */
export function Clients(): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  const query = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
  const asked = usePolled(
    ['clients', cursor],
    () => answerOf(api.GET('/v1/clients', { params: { query } })),
    EVERY_MS.list,
  );
  return (
    <Part title={words.clients} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable name={words.clients} columns={Object.values(words.clientColumns)} isEmpty={items.length === 0}>
            {items.map(({ id, name, status, scopes, createdAt }) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td>{name ?? ''}</td>
                <td>{words.statuses[status]}</td>
                <td>{scopes.join(' ')}</td>
                <td>
                  <Time at={createdAt} />
                </td>
              </tr>
            ))}
          </ListTable>
          <PageButtons cursor={cursor} next={next} onPage={setCursor} />
        </>
      )}
    </Part>
  );
}
