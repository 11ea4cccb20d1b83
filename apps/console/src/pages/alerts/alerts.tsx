import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Failed } from '../../app/failed.js';
import { OldMark } from '../../live/old-mark.js';
import { fill, strings } from '../../strings/strings.js';
import './alerts.css';
import { InboxFilters } from './inbox-filters.js';
import { InboxList } from './inbox-list.js';
import type { InboxSearch } from './inbox-search.js';
import { useInbox } from './use-inbox.js';

/** The alerts in the order in which they are to be seen to, and what is done about them. */
export function AlertsPage(): React.ReactNode {
  const search = useSearch({ from: '/alerts' });
  const navigate = useNavigate({ from: '/alerts' });
  return (
    <>
      <h1>{strings.pages.alerts}</h1>
      <InboxFilters search={search} onChange={(changed) => void navigate({ search: changed, replace: true })} />
      {/* Other filters begin at the first page. */}
      <Inbox key={JSON.stringify(search)} search={search} />
    </>
  );
}

function Inbox({ search }: { readonly search: InboxSearch }): React.ReactNode {
  // Cursors of the pages that were gone through, the one shown last; none: the first.
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const { data, error, refetch, isPlaceholderData } = useInbox(search, cursors.at(-1));
  if (data === undefined)
    return error === null ? <p>{strings.shell.loading}</p> : <Failed error={error} reset={() => void refetch()} />;
  const { items, total, next } = data;
  return (
    <>
      {error !== null && <Failed error={error} reset={() => void refetch()} />}
      <p>
        <span role="status">{total === 1 ? strings.alerts.oneInTotal : fill(strings.alerts.total, { total })}</span>{' '}
        <OldMark />
      </p>
      <InboxList key={cursors.at(-1)} items={items} isEmpty={total === 0} />
      <div className="paging">
        {cursors.length > 0 && (
          <Button className="button" onPress={() => setCursors(cursors.slice(0, -1))}>
            {strings.alerts.previous}
          </Button>
        )}
        {next !== undefined && (
          <Button
            className="button"
            isDisabled={isPlaceholderData}
            onPress={() => {
              setCursors([...cursors, next]);
              scrollTo({ top: 0 });
            }}
          >
            {strings.alerts.next}
          </Button>
        )}
        {(cursors.length > 0 || next !== undefined) && (
          <span className="muted">{fill(strings.alerts.page, { page: cursors.length + 1 })}</span>
        )}
      </div>
    </>
  );
}
