import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf, api } from './client.js';

const NONE: ReadonlyMap<string, string> = new Map();

/** Titles of the rules by id; empty until they are known. */
export function useRuleTitles(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/rules', { signal })),
    // The catalogue changes with the release only.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => (data === undefined ? NONE : new Map(data.items.map(({ id, title }) => [id, title]))), [data]);
}
