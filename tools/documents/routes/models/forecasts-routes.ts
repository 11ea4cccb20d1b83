import * as api from '#libs/contracts';
import { json, type RouteDoc } from '../route-doc.js';

export const FORECASTS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/twins/{patient}/forecasts',
    summary:
      'The newest forecast of each measure now, at a time, or as it was known at a time; and which are refused, and why',
    tag: 'forecasts',
    scopes: ['forecasts.read'],
    status: 200,
    query: api.ForecastsQuery,
    answer: json(api.ForecastListSchema),
  },
  {
    method: 'get',
    path: '/v1/twins/{patient}/forecasts/history',
    summary: 'Forecasts as they were issued, horizon by horizon, each with what came',
    tag: 'forecasts',
    scopes: ['forecasts.read'],
    status: 200,
    query: api.ForecastHistoryQuery,
    answer: json(api.ForecastPairListSchema),
  },
  {
    method: 'get',
    path: '/v1/forecast-scores',
    summary: 'What forecasts came to, by group, model, measure and horizon',
    tag: 'forecasts',
    scopes: ['forecasts.read'],
    status: 200,
    query: api.ForecastScoresQuery,
    answer: json(api.ForecastScoreListSchema),
  },
  {
    method: 'get',
    path: '/v1/model-statuses',
    summary: 'Models that were demoted to their baseline for a person, or came back, newest first',
    tag: 'forecasts',
    scopes: ['forecasts.read'],
    status: 200,
    query: api.ModelStatusesQuery,
    answer: json(api.ModelStatusListSchema),
  },
];
