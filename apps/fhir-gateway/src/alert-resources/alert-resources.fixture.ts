import { randomUUID } from 'node:crypto';
import type { Alert, AlertRecord } from '#libs/contracts';
import { inTransaction } from '#libs/platform/storage';
import { alertRecord } from '../../../../test/support/alert-record.js';
import type { TestFhirGateway } from '../../../../test/support/fhir-gateway.js';
import { writeAlerts } from './write-alerts.js';

export const TYPES = ['DetectedIssue', 'Flag', 'Provenance'] as const;

export const AT = Date.UTC(2026, 10, 29, 6);

/** The records of one alert, a transition each, a minute apart. */
export function steps(over: Partial<Alert>, ...transitions: readonly Partial<Alert>[]): AlertRecord[] {
  const episode = over.episode ?? randomUUID();
  return transitions.map((one, index) => {
    const sequence = index + 1;
    const at = AT + index * 60_000;
    const record = alertRecord(
      { id: episode, episode, sequence, effectiveAt: new Date(AT).toISOString(), ...over, ...one },
      at,
    );
    return { ...record, sequence };
  });
}

export const RAISED = { transition: 'raised', status: 'open' } as const;

export const ESCALATED = {
  transition: 'escalated',
  status: 'open',
  severity: 'high',
  summary: 'Escalated: not acknowledged.',
} as const;

export const ACKNOWLEDGED = {
  transition: 'acknowledged',
  status: 'acknowledged',
  acknowledgedBy: 'Practitioner/7',
} as const;

export const RESOLVED = {
  transition: 'resolved',
  status: 'resolved',
  resolvedAt: new Date(AT + 120_000).toISOString(),
} as const;

export const RETRACTED = { transition: 'retracted', status: 'retracted' } as const;

/** Writes once more, in whatever order, what is stored. */
export function writeAgain(
  { pool }: TestFhirGateway,
  records: readonly AlertRecord[],
): Promise<ReadonlyMap<string, number>> {
  const transitions = records.map(({ tenant, alert, receivedAt }) => ({ tenant, alert, at: receivedAt }));
  return inTransaction(pool, (client) => writeAlerts(client, transitions, Date.now()));
}

export async function versions(gateway: TestFhirGateway, type: string, id: string): Promise<Record<string, unknown>[]> {
  const { json } = await gateway.send('GET', `/${type}/${id}/_history`);
  return json.entry.map(({ resource }: { resource: Record<string, unknown> }) => resource).reverse();
}
