import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../../../api/client.js';
import { ApiProblem } from '../../../api/problem.js';
import { serverNow } from '../../../times/server-now.js';
import { iso, known } from './known.js';
import { RANGES, type Range } from './ranges.js';
import { viewKey, type View } from './view.js';

const MINUTE = 60_000;
/** Enough for the widest screens: a chart has two points per pixel at most. */
const POINTS = 2_000;

/** From when to when a chart asks. What comes with the clock of a sender that is a little fast is asked for as well. */
export function asked(view: View, range: Range): { from: string; to: string } {
  const end = view.knownAt ?? serverNow();
  return { from: iso(end - RANGES[range]), to: iso(end + 5 * MINUTE) };
}

export function twinQuery(view: View) {
  return queryOptions({
    queryKey: viewKey(view, 'twin'),
    queryFn: () =>
      answerOf(api.GET('/v1/twins/{patient}', { params: { path: { patient: view.patient }, query: known(view) } })),
  });
}

/** Whether a question failed because there is no such patient, or none any more. */
export function isGone(error: Error | null): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 410);
}

/** Titles, units and usual steps of all measures; they stay as they are. */
export function measuresQuery() {
  return queryOptions({
    queryKey: ['measures'],
    queryFn: () => answerOf(api.GET('/v1/measures')),
    staleTime: Infinity,
  });
}

export function seriesQuery(view: View, code: string, range: Range) {
  return queryOptions({
    queryKey: viewKey(view, 'series', code, range),
    queryFn: () =>
      answerOf(
        api.GET('/v1/twins/{patient}/series', {
          params: {
            path: { patient: view.patient },
            query: { code, ...asked(view, range), points: POINTS, ...known(view) },
          },
        }),
      ),
  });
}

export function limitsQuery(view: View) {
  return queryOptions({
    queryKey: viewKey(view, 'limits'),
    queryFn: () =>
      answerOf(
        api.GET('/v1/twins/{patient}/limits', { params: { path: { patient: view.patient }, query: known(view) } }),
      ),
  });
}

export function monitoringQuery(patient: string) {
  return queryOptions({
    queryKey: viewKey({ patient, knownAt: null }, 'monitoring'),
    queryFn: () => answerOf(api.GET('/v1/twins/{patient}/monitoring', { params: { path: { patient } } })),
  });
}

export function forecastsQuery(view: View) {
  const at = view.knownAt === null ? {} : { at: iso(view.knownAt) };
  return queryOptions({
    queryKey: viewKey(view, 'forecasts'),
    queryFn: () =>
      answerOf(
        api.GET('/v1/twins/{patient}/forecasts', {
          params: { path: { patient: view.patient }, query: { ...at, ...known(view) } },
        }),
      ),
  });
}

/** Alerts and acts of a range, at most a thousand. */
export function timelineQuery(view: View, range: Range) {
  return queryOptions({
    queryKey: viewKey(view, 'timeline', range),
    queryFn: () =>
      answerOf(
        api.GET('/v1/twins/{patient}/timeline', {
          params: { path: { patient: view.patient }, query: { ...asked(view, range), ...known(view), limit: 1000 } },
        }),
      ),
  });
}

/** Waves or intervals from `from` to `to`, ms, at most a minute. */
export function wavesQuery(view: View, code: string, from: number, to: number) {
  return queryOptions({
    queryKey: viewKey(view, 'waves', code, from, to),
    queryFn: () =>
      answerOf(
        api.GET('/v1/twins/{patient}/waves', {
          params: { path: { patient: view.patient }, query: { code, from: iso(from), to: iso(to), ...known(view) } },
        }),
      ),
  });
}
