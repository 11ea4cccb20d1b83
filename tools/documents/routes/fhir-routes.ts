import { z } from 'zod';
import type { RouteDoc } from './route-doc.js';

const FHIR = 'application/fhir+json';
const resource = z.looseObject({ resourceType: z.string() });
const fhirBody = { schema: resource, types: [FHIR, 'application/json'] };
const fhirAnswer = { schema: resource, type: FHIR };

export const FHIR_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/fhir/r4/metadata',
    summary: 'CapabilityStatement',
    tag: 'fhir',
    status: 200,
    answer: fhirAnswer,
  },
  {
    method: 'post',
    path: '/fhir/r4',
    summary: 'Transaction or batch Bundle',
    tag: 'fhir',
    scopes: ['system/*.cruds'],
    status: 200,
    body: fhirBody,
    answer: fhirAnswer,
  },
  {
    method: 'post',
    path: '/fhir/r4/{type}/$validate',
    summary: 'Judges a resource',
    tag: 'fhir',
    scopes: ['system/{type}.r'],
    status: 200,
    body: fhirBody,
    answer: fhirAnswer,
  },
  {
    method: 'post',
    path: '/fhir/r4/{type}',
    summary: 'Creates a resource',
    tag: 'fhir',
    scopes: ['system/{type}.c'],
    status: 201,
    body: fhirBody,
    answer: fhirAnswer,
  },
  {
    method: 'get',
    path: '/fhir/r4/{type}',
    summary: 'Searches resources',
    tag: 'fhir',
    scopes: ['system/{type}.s'],
    status: 200,
    answer: fhirAnswer,
  },
  {
    method: 'put',
    path: '/fhir/r4/{type}/{id}',
    summary: 'Creates or replaces a resource',
    tag: 'fhir',
    scopes: ['system/{type}.u'],
    status: 200,
    body: fhirBody,
    answer: fhirAnswer,
  },
  {
    method: 'get',
    path: '/fhir/r4/{type}/{id}',
    summary: 'Reads a resource',
    tag: 'fhir',
    scopes: ['system/{type}.r'],
    status: 200,
    answer: fhirAnswer,
  },
  {
    method: 'delete',
    path: '/fhir/r4/{type}/{id}',
    summary: 'Deletes a resource',
    tag: 'fhir',
    scopes: ['system/{type}.d'],
    status: 204,
  },
  {
    method: 'get',
    path: '/fhir/r4/{type}/{id}/_history',
    summary: 'Versions of a resource',
    tag: 'fhir',
    scopes: ['system/{type}.r'],
    status: 200,
    answer: fhirAnswer,
  },
  {
    method: 'get',
    path: '/fhir/r4/{type}/{id}/_history/{version}',
    summary: 'One version of a resource',
    tag: 'fhir',
    scopes: ['system/{type}.r'],
    status: 200,
    answer: fhirAnswer,
  },
];
