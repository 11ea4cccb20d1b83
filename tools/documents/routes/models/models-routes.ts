import * as api from '#libs/contracts';
import { json, type RouteDoc } from '../route-doc.js';

export const MODELS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/models',
    summary: 'Cards of all models',
    tag: 'models',
    scopes: ['forecasts.read'],
    query: api.ListQuery,
    status: 200,
    answer: json(api.ModelListSchema),
  },
  {
    method: 'get',
    path: '/v1/models/{id}',
    summary: 'The card of one model',
    tag: 'models',
    scopes: ['forecasts.read'],
    status: 200,
    answer: json(api.ModelCardSchema),
  },
];
