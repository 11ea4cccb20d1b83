import * as api from '#libs/contracts';
import { events, json, type RouteDoc } from './route-doc.js';

export const TWINS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/ward',
    summary:
      'Patients as a ward sees them: name, bed, newest vital signs with their trend, NEWS2, alerts that are not over, forecast; by FHIR id',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    query: api.WardQuery,
    answer: json(api.WardSchema),
  },
  {
    method: 'get',
    path: '/v1/stream',
    summary:
      'All patients as they change: events `patient` (an item of `GET /v1/ward`, at most 2 per second and patient), `patient-removed`, `alert` (with the scope `alerts.read`), `heartbeat` each 2 s with `at`, the clock of the server, and `newestAt`; resumable by Last-Event-ID (410 `cursor-unknown` when the stream never gave it, or more than an hour ago)',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    answer: events,
  },
  {
    method: 'get',
    path: '/v1/patients',
    summary: 'Patients that have a twin, by FHIR id; those whose Patient was deleted or replaced are left out',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    query: api.PatientsQuery,
    answer: json(api.PatientListSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}',
    summary: 'The twin now, at a time, or as it was known at a time',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    query: api.TwinQuery,
    answer: json(api.TwinSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/measurements',
    summary: 'History with quality and provenance; as CSV (`text/csv`): all of it, never reduced, as known then',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    query: api.MeasurementsQuery,
    answer: json(api.MeasurementListSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/glucose-metrics',
    summary: 'Time in ranges, GMI, CV, LBGI, HBGI, GRI, events and wear of a window, by source',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    query: api.GlucoseMetricsQuery,
    answer: json(api.GlucoseMetricsSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/stream',
    summary:
      'The twin as it changes (event `twin`), and its newest forecasts (event `forecast`, with the scope `forecasts.read`); resumable by Last-Event-ID (410 `cursor-unknown` when the stream never gave it)',
    tag: 'twins',
    scopes: ['twins.read'],
    status: 200,
    answer: events,
  },
];
