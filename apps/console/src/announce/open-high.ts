import { useQuery } from '@tanstack/react-query';
import type { Alert, AlertPage } from '../api/alert.js';
import { answerOf, api } from '../api/client.js';
import { ALERTS } from './use-alerts-fresh.js';

const LIMIT = 100;
/** Also without an event: a stream may be cut without anybody noticing. */
const EVERY_MS = 15_000;

export interface OpenHigh {
  readonly items: readonly Alert[];
  readonly total: number;
  readonly isComplete: boolean;
}

/** The open alerts of severity high; undefined until they are known. */
export function useOpenHigh(): OpenHigh | undefined {
  return useQuery({
    queryKey: [ALERTS, 'open-high'],
    queryFn: async ({ signal }): Promise<OpenHigh> => {
      const query = { sort: 'inbox', status: 'open', severity: 'high', limit: LIMIT } as const;
      const { items, total, next }: AlertPage = await answerOf(api.GET('/v1/alerts', { params: { query }, signal }));
      return { items, total: total ?? items.length, isComplete: next === undefined };
    },
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: true,
  }).data;
}
