import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

const scopes = ['clients.write'];
const reading = ['clients.read', 'clients.write'];

export const CLIENTS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/v1/clients',
    summary: 'Makes a client; a secret is made where it has no keys, and shown once',
    tag: 'clients',
    scopes,
    status: 201,
    body: json(api.CreateClientRequest),
    answer: json(api.CreatedClientSchema),
  },
  {
    method: 'get',
    path: '/v1/clients',
    summary: 'Clients of the tenant',
    tag: 'clients',
    scopes: reading,
    status: 200,
    query: api.ClientsQuery,
    answer: json(api.ClientListSchema),
  },
  {
    method: 'get',
    path: '/v1/clients/{id}',
    summary: 'One client',
    tag: 'clients',
    scopes: reading,
    status: 200,
    answer: json(api.ClientSchema),
  },
  {
    method: 'patch',
    path: '/v1/clients/{id}',
    summary: 'Changes a client; its tokens end within 5 s when its scopes, keys or status change',
    tag: 'clients',
    scopes,
    status: 200,
    body: json(api.PatchClientRequest),
    answer: json(api.ClientSchema),
  },
  {
    method: 'delete',
    path: '/v1/clients/{id}',
    summary: 'Ends a client and, within 5 s, its tokens',
    tag: 'clients',
    scopes,
    status: 204,
  },
];
