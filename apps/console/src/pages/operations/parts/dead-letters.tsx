import { useId, useState } from 'react';
import { answerOf, api } from '../../../api/client.js';
import { useScope } from '../../../app/session.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { ListTable } from '../shown/list-table.js';
import { PageButtons } from '../shown/page-buttons.js';
import { Part } from '../shown/part.js';
import { ReplayButton } from '../shown/replay-button.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** Records that could not be applied, newest first, each of which can be tried again. */
export function DeadLetters(): React.ReactNode {
  const [cursor, setCursor] = useState<string>();
  const mayReplay = useScope('dead-letters.write');
  const row = useId();
  const query = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
  const asked = usePolled(
    ['dead-letters', cursor],
    () => answerOf(api.GET('/v1/dead-letters', { params: { query } })),
    EVERY_MS.list,
  );
  return (
    <Part title={words.deadLetters} query={asked}>
      {({ items, next }) => (
        <>
          <ListTable
            name={words.deadLetters}
            columns={Object.values(words.deadLetterColumns)}
            isEmpty={items.length === 0}
          >
            {items.map(({ id, at, group, topic, partition, offset, reason, replayedAt }) => (
              <tr key={id}>
                <th scope="row" id={row + id}>
                  <Time at={at} />
                </th>
                <td>{group}</td>
                <td>{`${topic} ${partition}:${offset}`}</td>
                <td>{reason}</td>
                <td>{replayedAt === undefined ? words.notYet : <Time at={replayedAt} />}</td>
                <td>{mayReplay && <ReplayButton describedBy={row + id} replay={() => replay(id)} />}</td>
              </tr>
            ))}
          </ListTable>
          <PageButtons cursor={cursor} next={next} onPage={setCursor} />
        </>
      )}
    </Part>
  );
}

function replay(id: string): Promise<unknown> {
  return answerOf(api.POST('/v1/dead-letters/{id}/replay', { params: { path: { id } } }));
}
