import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../support/system.js';

interface Alerts {
  readonly items: readonly { readonly id: string; readonly rule: { readonly id: string }; readonly severity: string }[];
}

/**
 * One oxygen saturation of a patient: below 90 % an alert of severity medium, at 80 % of severity high. Waits until the alert is there.
 * @param secondsAgo when it was measured. A value that another follows was measured well before it: a fall of 8 points within two
 * seconds is doubtful, and is not high by itself.
 * @returns the id of the alert
 */
export async function sendSaturation(
  client: Client,
  patient: string,
  percent: number,
  secondsAgo = 0,
): Promise<string> {
  await client.fhir('PUT', `/Patient/${patient}`, { resourceType: 'Patient', id: patient });
  const effectiveAt = new Date(Date.now() - 1000 * secondsAgo).toISOString();
  const sample = { patient, code: 'oxygen-saturation', value: percent, unit: '%', effectiveAt };
  const { status } = await client.api('POST', '/v1/samples', [sample]);
  if (status !== 202) throw new Error(`POST /v1/samples answered ${status}`);
  const severity = percent <= 80 ? 'high' : 'medium';
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    const { body } = await client.api<Alerts>('GET', `/v1/alerts?patient=${patient}`);
    const alert = body.items.find((one) => one.rule.id === 'oxygen-saturation-low' && one.severity === severity);
    if (alert !== undefined) return alert.id;
  }
  throw new Error(`no alert of severity ${severity} came about`);
}
