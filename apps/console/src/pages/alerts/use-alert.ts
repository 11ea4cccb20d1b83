import { skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ALERTS } from '../../announce/use-alerts-fresh.js';
import type { AlertWithTimeline } from '../../api/alert.js';
import { answerOf, api } from '../../api/client.js';

/** One alert with its timeline; undefined: none is asked for. */
export function useAlert(id: string | undefined): UseQueryResult<AlertWithTimeline> {
  return useQuery({
    queryKey: [ALERTS, 'one', id],
    queryFn:
      id === undefined
        ? skipToken
        : ({ signal }) => answerOf(api.GET('/v1/alerts/{id}', { params: { path: { id } }, signal })),
  });
}
