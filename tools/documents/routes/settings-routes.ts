import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

const scopes = ['clients.write'];
const reading = ['clients.read', 'clients.write'];

export const SETTINGS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/settings',
    summary: 'Settings of the tenant, with the defaults for what it has not set',
    tag: 'settings',
    scopes: reading,
    status: 200,
    answer: json(api.SettingsSchema),
  },
  {
    method: 'put',
    path: '/v1/settings',
    summary: 'Replaces the settings of the tenant; gateways see them within a few seconds',
    tag: 'settings',
    scopes,
    status: 200,
    body: json(api.PutSettingsRequest),
    answer: json(api.SettingsSchema),
  },
];
