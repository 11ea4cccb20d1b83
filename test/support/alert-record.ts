import { randomUUID } from 'node:crypto';
import type { Alert, AlertRecord } from '#libs/contracts';

let sequence = 0;

/** A record of the topic `alerts` as an engine writes it; of patient `p1` unless `over` says otherwise. */
export function alertRecord(over: Partial<Alert> = {}, receivedAt = Date.now()): AlertRecord {
  sequence += 1;
  const at = new Date(receivedAt).toISOString();
  const episode = over.episode ?? randomUUID();
  const patient = over.patient ?? 'p1';
  return {
    v: 1,
    tenant: 1,
    patient,
    transition: randomUUID(),
    sequence,
    receivedAt,
    alert: {
      id: episode,
      episode,
      sequence,
      patient,
      rule: { id: 'glucose-low', version: '1.0.0', title: 'Low glucose' },
      category: 'physiological',
      severity: 'medium',
      status: 'open',
      transition: 'raised',
      effectiveAt: at,
      raisedAt: at,
      lateSeconds: 0,
      summary: 'low',
      evidence: [],
      threshold: null,
      explanation: { why: '', clears: '', precision: { useful: 0, notUseful: 0, share: null } },
      disclaimer: '',
      ...over,
    },
  };
}
