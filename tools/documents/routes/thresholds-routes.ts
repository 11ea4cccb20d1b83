import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

export const THRESHOLDS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/twins/{patient}/thresholds',
    summary: 'Limits that people set for a patient',
    tag: 'thresholds',
    scopes: ['thresholds.read'],
    status: 200,
    answer: json(api.ThresholdListSchema),
  },
  {
    method: 'put',
    path: '/v1/twins/{patient}/thresholds',
    summary: 'Sets limits for a patient',
    tag: 'thresholds',
    scopes: ['thresholds.write'],
    status: 202,
    body: json(api.PutThresholdsRequest),
    answer: json(api.ActAnswerSchema),
  },
  {
    method: 'get',
    path: '/v1/thresholds',
    summary: 'Limits that were set for all patients of the tenant',
    tag: 'thresholds',
    scopes: ['thresholds.read'],
    status: 200,
    answer: json(api.ThresholdListSchema),
  },
  {
    method: 'put',
    path: '/v1/thresholds',
    summary: 'Sets limits for all patients of the tenant',
    tag: 'thresholds',
    scopes: ['thresholds.write'],
    status: 202,
    body: json(api.PutThresholdsRequest),
    answer: json(api.ActAnswerSchema),
  },
  {
    method: 'get',
    path: '/v1/rules',
    summary: 'The rule catalogue',
    tag: 'thresholds',
    scopes: ['alerts.read', 'thresholds.read'],
    status: 200,
    answer: json(api.RuleListSchema),
  },
];
