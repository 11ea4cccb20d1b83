import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf, api } from './client.js';
import type { paths } from './generated/schema.js';

export type Measure = paths['/v1/measures']['get']['responses'][200]['content']['application/json']['items'][number];

const NONE: ReadonlyMap<string, Measure> = new Map();

/** The measures of the catalogue by name; empty until they are known. */
export function useMeasures(): ReadonlyMap<string, Measure> {
  const { data } = useQuery({
    queryKey: ['measures'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/measures', { signal })),
    // The catalogue changes with the release only.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => (data === undefined ? NONE : new Map(data.items.map((one) => [one.code, one]))), [data]);
}
