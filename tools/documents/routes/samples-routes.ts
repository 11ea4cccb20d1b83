import { z } from 'zod';
import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

export const SAMPLES_ROUTES: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/v1/samples',
    summary: 'Samples: JSON array, NDJSON, or Open mHealth data points',
    tag: 'samples',
    scopes: ['samples.write'],
    status: 202,
    body: { schema: z.array(api.Sample), types: ['application/json', 'application/x-ndjson'] },
    answer: json(api.SamplesAnswer),
  },
  {
    method: 'get',
    path: '/v1/rejections',
    summary: 'Samples that were refused, and FHIR resources that were stored but not measured, with the reason',
    tag: 'samples',
    scopes: ['rejections.read'],
    status: 200,
    query: api.RejectionsQuery,
    answer: json(api.RejectionsPage),
  },
];
