import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

/** Figures move while one looks; lists change rarely and cost more. */
export const EVERY_MS = { figures: 2_000, list: 5_000 } as const;

/** Something of the API that is asked for again and again while the page is seen; what was shown last stays meanwhile. */
export function usePolled<Data>(
  key: readonly unknown[],
  ask: () => Promise<Data>,
  everyMs: number,
): UseQueryResult<Data> {
  return useQuery({
    queryKey: ['operations', ...key],
    queryFn: ask,
    refetchInterval: everyMs,
    placeholderData: keepPreviousData,
  });
}
