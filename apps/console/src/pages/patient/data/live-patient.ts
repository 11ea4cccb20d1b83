import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { labelQuery } from '../../../api/patient-label.js';
import { useLiveAnew, useLiveEvents } from '../../../live/use-live.js';
import { twinQuery } from './patient-queries.js';
import { viewKey, type View } from './view.js';

/** Late and corrected values change the past of a chart: all of it is asked again this often. */
const REFRESH_MS = 30_000;

/**
 * The twin of a view, asked for again whenever the stream says that the patient has changed or gone; what was known at a time does not change.
 * Until the twin of another time is there the former one stands in for it (`isPlaceholderData`), so that the page keeps its forms.
 */
export function useTwin(view: View) {
  const queries = useQueryClient();
  const again = (): void => {
    if (view.knownAt === null) void queries.invalidateQueries({ queryKey: viewKey(view, 'twin') });
  };
  const ofThis = ({ patient }: { readonly patient: string }): void => {
    if (patient === view.patient) again();
  };
  useLiveEvents('patient', ofThis);
  useLiveEvents('patient-removed', ofThis);
  useLiveAnew(again);
  return useQuery({ ...twinQuery(view), placeholderData: keepPreviousData });
}

/**
 * Who the patient is, and whether they are here: asked for again when the stream says that they have gone or are back, whatever time is
 * looked at. A twin whose patient was erased or merged is kept by the server; it is shown to nobody.
 */
export function useLabel(patient: string) {
  const queries = useQueryClient();
  const { data } = useQuery(labelQuery(patient));
  const again = (): void => void queries.invalidateQueries({ queryKey: labelQuery(patient).queryKey });
  useLiveEvents('patient-removed', (removed: Pick<View, 'patient'>) => {
    if (removed.patient === patient) again();
  });
  useLiveEvents('patient', (changed: Pick<View, 'patient'>) => {
    if (changed.patient === patient && data?.isHere === false) again();
  });
  useLiveAnew(again);
  return { label: data?.label ?? null, isHere: data?.isHere ?? true };
}

/** Asks a question of a live view again whenever `version` changes, and now and then. */
export function useRefreshed(view: View, version: unknown, ...question: readonly unknown[]): void {
  const queries = useQueryClient();
  const key = JSON.stringify(viewKey(view, ...question));
  const isLive = view.knownAt === null;
  useEffect(() => {
    if (!isLive) return;
    const again = (): void => void queries.invalidateQueries({ queryKey: JSON.parse(key) as unknown[] });
    again();
    const timer = setInterval(again, REFRESH_MS);
    return () => clearInterval(timer);
  }, [queries, key, version, isLive]);
}
