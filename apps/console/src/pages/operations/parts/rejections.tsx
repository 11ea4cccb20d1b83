import { useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** What gateways refused, newest first; not what was sent, which may be of a patient. */
export function Rejections(): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  const query = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
  const asked = usePolled(
    ['rejections', cursor],
    () => answerOf(api.GET('/v1/rejections', { params: { query } })),
    EVERY_MS.list,
  );
  return (
    <Part title={words.rejections} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable
            name={words.rejections}
            columns={Object.values(words.rejectionColumns)}
            isEmpty={items.length === 0}
          >
            {items.map(({ id, at, door, client, code, message }) => (
              <tr key={id}>
                <th scope="row">
                  <Time at={at} />
                </th>
                <td>{words.gateways[door]}</td>
                <td>{client ?? words.unknown}</td>
                <td>{code}</td>
                <td>{message}</td>
              </tr>
            ))}
          </ListTable>
          <PageButtons cursor={cursor} next={next} onPage={setCursor} />
        </>
      )}
    </Part>
  );
}
