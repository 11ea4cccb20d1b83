import type { paths } from './generated/schema.js';

type AlertList = paths['/v1/alerts']['get']['responses'][200]['content']['application/json'];

/** A page of alerts in the order `inbox`, which says how many there are. */
export type AlertPage = AlertList & { readonly total?: number };
/** An alert as the API shows it. */
export type Alert = AlertList['items'][number];
export type AlertWithTimeline = paths['/v1/alerts/{id}']['get']['responses'][200]['content']['application/json'];
export type Severity = Alert['severity'];
export type AlertStatus = Alert['status'];

export const SEVERITIES = ['high', 'medium', 'low'] as const satisfies readonly Severity[];
