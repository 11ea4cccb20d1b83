import { useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { Deliveries } from './deliveries.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** Who is sent alerts, and what became of the messages. */
export function Webhooks(): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  // Few at a time: the deliveries of each are asked for.
  const query = { limit: 5, ...(cursor === undefined ? {} : { cursor }) };
  const asked = usePolled(
    ['webhooks', cursor],
    () => answerOf(api.GET('/v1/webhooks', { params: { query } })),
    EVERY_MS.list,
  );
  return (
    <Part title={words.webhooks} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable name={words.webhooks} columns={Object.values(words.webhookColumns)} isEmpty={items.length === 0}>
            {items.map(({ id, url, description, status, statusReason, createdAt }) => (
              <tr key={id}>
                <th scope="row">{url}</th>
                <td>{description ?? ''}</td>
                <td>
                  {statusReason === undefined ? words.statuses[status] : `${words.statuses[status]}: ${statusReason}`}
                </td>
                <td>
                  <Time at={createdAt} />
                </td>
              </tr>
            ))}
          </ListTable>
          <PageButtons cursor={cursor} next={next} onPage={setCursor} />
          {items.map(({ id, url, description }) => (
            <Deliveries key={id} webhook={id} title={fill(words.deliveries, { webhook: description ?? url })} />
          ))}
        </>
      )}
    </Part>
  );
}
