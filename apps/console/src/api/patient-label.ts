import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client.js';

/** Name, identifier and bed of one patient, null where the search does not find them; `isHere` is false where it found all there are without them. */
export function labelQuery(patient: string) {
  return queryOptions({
    queryKey: ['patient', patient, 'label'],
    staleTime: 30_000,
    queryFn: async () => {
      const { items, next } = await answerOf(api.GET('/v1/patients', { params: { query: { search: patient } } }));
      const label = items.find((one) => one.patient === patient) ?? null;
      return { label, isHere: label !== null || next !== undefined };
    },
  });
}
