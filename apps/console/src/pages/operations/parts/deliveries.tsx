import { useId, useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { useScope } from '../../../app/session.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { ReplayButton } from '../shown/replay-button.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

interface Attempt {
  readonly status?: number | undefined;
  readonly error?: string | undefined;
}

/** Messages to one webhook, newest first, each of which can be sent again under its id. */
export function Deliveries({ webhook, title }: { readonly webhook: string; readonly title: string }): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  const mayReplay = useScope('webhooks.write');
  const row = useId();
  const params = { path: { id: webhook }, query: { limit: 10, ...(cursor === undefined ? {} : { cursor }) } };
  const asked = usePolled(
    ['deliveries', webhook, cursor],
    () => answerOf(api.GET('/v1/webhooks/{id}/deliveries', { params })),
    EVERY_MS.list,
  );
  return (
    <Part title={title} level={3} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable name={title} columns={Object.values(words.deliveryColumns)} isEmpty={items.length === 0}>
            {items.map(({ message, type, status, attempts, createdAt }) => (
              <tr key={message}>
                <th scope="row" id={row + message}>
                  <Time at={createdAt} />
                </th>
                <td>{type}</td>
                <td>{message}</td>
                <td>{words.deliveryStatuses[status]}</td>
                <td>{attempts.length}</td>
                <td>{lastAnswer(attempts.at(-1))}</td>
                <td>
                  {mayReplay && <ReplayButton describedBy={row + message} replay={() => replay(webhook, message)} />}
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

function lastAnswer(attempt: Attempt | undefined): string {
  if (attempt === undefined) return words.notYet;
  return attempt.error ?? fill(words.answered, { status: attempt.status ?? words.unknown });
}

function replay(id: string, delivery: string): Promise<unknown> {
  return answerOf(api.POST('/v1/webhooks/{id}/deliveries/{delivery}/replay', { params: { path: { id, delivery } } }));
}
