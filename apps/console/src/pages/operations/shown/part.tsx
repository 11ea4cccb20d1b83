import type { UseQueryResult } from '@tanstack/react-query';
import { useId } from 'react';
import { Button } from 'react-aria-components';
import { reasonOf } from '../../../api/problem.js';
import { OldMark } from '../../../live/old-mark.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';

interface Props<Data> {
  readonly title: string;
  /** 2: a part of the page; 3: a part of one. */
  readonly level?: 2 | 3;
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => React.ReactNode;
}

/** A part of the page with its heading: what was answered, or why it was not; never old figures as if they were new ones. */
export function Part<Data>({ title, level = 2, query, children }: Props<Data>): React.ReactNode {
  const id = useId();
  const Heading = `h${level}` as const;
  const { data, error, dataUpdatedAt, refetch } = query;
  return (
    <section aria-labelledby={id}>
      <Heading id={id}>{title}</Heading>
      <OldMark />
      {error !== null && (
        <div role="alert" className="failed">
          <p>{fill(strings.shell.failed, { reason: reasonOf(error) })}</p>
          {data !== undefined && (
            <p>
              {strings.operations.old} <Time at={new Date(dataUpdatedAt).toISOString()} />
            </p>
          )}
          <Button className="button" onPress={() => void refetch()}>
            {strings.shell.tryAgain}
          </Button>
        </div>
      )}
      {data === undefined ? error === null && <p>{strings.shell.loading}</p> : children(data)}
    </section>
  );
}
