import * as api from '#libs/contracts';
import { json, type RouteDoc } from './route-doc.js';

export const SESSION_ROUTES: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/console/session',
    summary: 'Who signed in with this browser (cookie), or 401; people sign in at /console/sign-in?next=/console/…',
    tag: 'session',
    status: 200,
    answer: json(api.SessionSchema),
  },
  {
    method: 'post',
    path: '/console/sign-out',
    summary: 'Ends the session (X-CSRF-Token); 204, or 200 with where the session at an outside issuer ends',
    tag: 'session',
    status: 200,
    answer: json(api.SignedOutSchema),
  },
];
