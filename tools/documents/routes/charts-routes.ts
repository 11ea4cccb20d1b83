import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

export const CHARTS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/measures',
    summary: 'The measures of the catalogue: titles, units, groups, target ranges, how long a value is fresh',
    tag: 'charts',
    scopes: ['twins.read'],
    status: 200,
    answer: json(api.MeasureListSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/series',
    summary: 'Values of one measure for a chart: as they were measured, bounded in number without losing an extreme',
    tag: 'charts',
    scopes: ['twins.read'],
    status: 200,
    query: api.SeriesQuery,
    answer: json(api.SeriesSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/waves',
    summary: 'Waves or intervals of at most a minute, as they were sent: for the strip around an alert',
    tag: 'charts',
    scopes: ['twins.read'],
    status: 200,
    query: api.WavesQuery,
    answer: json(api.WavesSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/timeline',
    summary: 'What happened with the alerts of a patient, and what people did: for the time axis, oldest first',
    tag: 'charts',
    scopes: ['twins.read'],
    status: 200,
    query: api.TimelineQuery,
    answer: json(api.TimelineSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/limits',
    summary: 'The limits in force for a patient, with their owners, and target ranges',
    tag: 'charts',
    scopes: ['twins.read'],
    status: 200,
    query: api.LimitsQuery,
    answer: json(api.LimitsSchema),
  },
];
