import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client.js';
import type { paths } from './generated/schema.js';

/** Who a patient is: name, identifier, bed. */
export type PatientLabel =
  paths['/v1/patients']['get']['responses'][200]['content']['application/json']['items'][number];

const PAGE = 1_000;
const MAX_PAGES = 5;
/** Names and beds change seldom. */
const STALE_MS = 60_000;
const NONE: ReadonlyMap<string, PatientLabel> = new Map();

/** Who the patients are, by FHIR id; at most 5,000, empty until they are known. */
export function usePatientLabels(): ReadonlyMap<string, PatientLabel> {
  const { data } = useQuery({
    queryKey: ['patient-labels'],
    queryFn: async ({ signal }) => {
      const labels = new Map<string, PatientLabel>();
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
        const { items, next } = await answerOf(api.GET('/v1/patients', { params: { query }, signal }));
        for (const item of items) labels.set(item.patient, item);
        if (next === undefined) break;
        cursor = next;
      }
      return labels;
    },
    staleTime: STALE_MS,
    refetchInterval: STALE_MS,
  });
  return data ?? NONE;
}
