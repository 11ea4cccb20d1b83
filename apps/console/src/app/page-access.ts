import { strings } from '../strings/strings.js';
import type { Role } from './session.js';

export interface Page {
  readonly path: '/' | '/alerts' | '/alarm-quality' | '/forecasts' | '/operations';
  readonly title: string;
  readonly roles: readonly Role[];
}

/** The pages of the navigation and who sees them (the roles table of docs/console.md). */
export const PAGES: readonly Page[] = [
  { path: '/', title: strings.pages.ward, roles: ['nurse', 'physician', 'operator', 'auditor'] },
  { path: '/alerts', title: strings.pages.alerts, roles: ['nurse', 'physician', 'auditor'] },
  { path: '/alarm-quality', title: strings.pages.alarmQuality, roles: ['physician', 'operator', 'auditor'] },
  { path: '/forecasts', title: strings.pages.forecasts, roles: ['physician', 'operator', 'auditor'] },
  { path: '/operations', title: strings.pages.operations, roles: ['operator', 'auditor'] },
];

export const PATIENT_ROLES: readonly Role[] = ['nurse', 'physician', 'auditor'];

export function mayOpen(roles: readonly Role[], needed: readonly Role[]): boolean {
  return needed.some((role) => roles.includes(role));
}
