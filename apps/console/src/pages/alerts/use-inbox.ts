import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ALERTS } from '../../announce/use-alerts-fresh.js';
import type { Alert, AlertPage, AlertStatus } from '../../api/alert.js';
import { answerOf, api } from '../../api/client.js';
import type { InboxSearch } from './inbox-search.js';

const PAGE = 50;
/** Also without an event: a stream may be cut without anybody noticing. */
const EVERY_MS = 15_000;

export interface InboxPage {
  readonly items: readonly Alert[];
  /** Of all pages. */
  readonly total: number;
  readonly next: string | undefined;
}

/** What has ended is in another list than what waits for somebody. */
const ENDED: ReadonlySet<AlertStatus | undefined> = new Set(['resolved', 'retrospective', 'retracted']);

/** One page of the alerts in the order in which they are to be seen to; of those that have ended the newest first. */
export function useInbox(search: InboxSearch, cursor: string | undefined): UseQueryResult<InboxPage> {
  return useQuery({
    queryKey: [ALERTS, 'inbox', search, cursor],
    queryFn: async ({ signal }): Promise<InboxPage> => {
      const sort = ENDED.has(search.status) ? 'ended' : 'inbox';
      const query = { ...search, sort, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } as const;
      const { items, total, next }: AlertPage = await answerOf(api.GET('/v1/alerts', { params: { query }, signal }));
      return { items, total: total ?? items.length, next };
    },
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
}
