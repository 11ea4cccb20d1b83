import { z } from 'zod';
import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

const Readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
});

export const OPERATION_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/health/live',
    summary: 'The process lives',
    tag: 'operation',
    status: 200,
    answer: json(z.object({ status: z.literal('live') })),
  },
  {
    method: 'get',
    path: '/health/ready',
    summary: 'Dependencies are there and consumers keep up (else 503)',
    tag: 'operation',
    status: 200,
    answer: json(Readiness),
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    tag: 'operation',
    status: 200,
    answer: { type: 'text/plain' },
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    tag: 'operation',
    status: 200,
    answer: json(z.looseObject({})),
  },
  {
    method: 'get',
    path: '/asyncapi.json',
    summary: 'Topics and records of the log',
    tag: 'operation',
    status: 200,
    answer: json(z.looseObject({})),
  },
  {
    method: 'get',
    path: '/v1/operations',
    summary: 'Rate and lag of each stage over the last minute, and what waits',
    tag: 'operation',
    scopes: ['operations.read'],
    status: 200,
    answer: json(api.OperationsSchema),
  },
  {
    method: 'get',
    path: '/v1/sources',
    summary: 'Who sends for which patient, and since when not',
    tag: 'operation',
    scopes: ['operations.read'],
    status: 200,
    query: api.SourcesQuery,
    answer: json(api.SourceListSchema),
  },
  {
    method: 'get',
    path: '/v1/dead-letters',
    summary: 'Records that could not be applied',
    tag: 'operation',
    scopes: ['dead-letters.read'],
    status: 200,
    query: api.DeadLettersQuery,
    answer: json(api.DeadLetterListSchema),
  },
  {
    method: 'post',
    path: '/v1/dead-letters/{id}/replay',
    summary: 'Appends the record again',
    tag: 'operation',
    scopes: ['dead-letters.write'],
    status: 202,
    answer: json(z.object({ status: z.literal('accepted') })),
  },
];
