import type { Pool } from 'pg';
import { SYSTEM_TWIN, type Alert } from '#libs/contracts';
import { communicationId, communicationResources, nextVersions } from '#libs/fhir-rest';
import { markCommunicated, takenDeliveries, type TakenMessage } from '#libs/platform/delivery';
import { FhirTransaction, inTransaction, writeCommunications } from '#libs/platform/storage';
import { tolerantAlert } from './tolerant-alert.js';
import type { Written } from './write-alerts.js';

/** Deliveries of one transaction. */
export const MAX_TAKEN = 200;

/**
 * Makes a Communication and its Provenance of each delivery that an endpoint has taken, and notes in the same transaction that it did:
 * the row of the delivery is the outbox. A message that is sent again later makes no other one.
 *
 * @returns number of deliveries; fewer than {@link MAX_TAKEN}: there are no more
 */
export function communicate(pool: Pool, now: number): Promise<{ readonly taken: number; readonly written: Written }> {
  return inTransaction(pool, async (client) => {
    const taken = await takenDeliveries(client, MAX_TAKEN);
    const written = new Map<string, number>();
    if (taken.length === 0) return { taken: 0, written };
    const readable = taken.flatMap(readableOf);
    for (const tenant of [...new Set(taken.map((one) => one.tenant))].toSorted((a, b) => a - b)) {
      const own = readable.filter((one) => one.tenant === tenant);
      const ids = own.map(communicationId);
      const lock = ids.flatMap((id) => ['Communication', 'Provenance'].map((type) => ({ type, id })));
      const store = new FhirTransaction(client);
      const { resources } = await store.look(tenant, { lock, read: [], patients: [], devices: [] });
      const fresh = own.filter((one) => !resources.has(`Communication/${communicationId(one)}`));
      const made = fresh.flatMap((one) => {
        const patient = one.ofPatient ? one.alert.patient : null;
        return communicationResources(one).map((resource) => ({ resource, patient }));
      });
      const changes = nextVersions(made, resources, now);
      await store.write(tenant, changes);
      await writeCommunications(
        client,
        fresh.map((one) => ({ tenant, alert: one.alert.id, id: communicationId(one) })),
      );
      for (const { type } of changes) written.set(type, (written.get(type) ?? 0) + 1);
    }
    await markCommunicated(client, taken);
    return { taken: taken.length, written };
  });
}

/** The message with the alert in it; none for a body that is of no alert. */
function readableOf(message: TakenMessage): readonly (TakenMessage & { alert: Alert; ofPatient: boolean })[] {
  const data = alertIn(message.body);
  if (data?.id === undefined || data.patient === undefined || data.rule === undefined) return [];
  const alert = tolerantAlert(data as Alert, data.sequence ?? 0);
  return [{ ...message, alert, ofPatient: alert.patient !== SYSTEM_TWIN }];
}

function alertIn(body: string): Partial<Alert> | undefined {
  try {
    return (JSON.parse(body) as { data?: Partial<Alert> } | null)?.data;
  } catch {
    return undefined;
  }
}
