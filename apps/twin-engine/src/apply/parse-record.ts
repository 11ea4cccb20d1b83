import { twinKey, type PatientInput } from '#libs/contracts';
import type { LogRecord } from '#libs/platform/messaging';

export type Parsed =
  | { readonly kind: 'input'; readonly input: PatientInput }
  /** `tenant` is 0 when not even the key names it. */
  | { readonly kind: 'poison'; readonly tenant: number; readonly reason: string };

/**
 * Reads a record of the topic `patient-input`. The gateways have validated what is in it; this catches what no gateway has written:
 * broken JSON, another schema version, a key that is not the patient's (its order would not be kept).
 */
export function parseRecord(log: LogRecord): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(log.value);
  } catch {
    return poison(log, 'not JSON');
  }
  const reason = faultOf(value, log.key);
  return reason === undefined ? { kind: 'input', input: value as PatientInput } : poison(log, reason);
}

function faultOf(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  const input = value as Readonly<Record<string, unknown>>;
  if (input['v'] !== 1) return 'unknown schema version';
  const { tenant, patient } = input;
  if (typeof tenant !== 'number' || typeof patient !== 'string') return 'without tenant or patient';
  if (!Number.isInteger(tenant) || tenant < 1 || tenant >= 2 ** 31) return 'with an impossible tenant';
  if (patient.includes('\0') || !patient.isWellFormed()) return 'with an impossible patient';
  if (key !== twinKey(tenant, 'patient', patient)) return 'under the key of another patient';
  if (!Number.isSafeInteger(input['receivedAt'])) return 'without the time of receipt';
  switch (input['kind']) {
    case 'samples':
      return Array.isArray(input['samples']) ? undefined : 'samples missing';
    case 'clinical':
      return Array.isArray(input['samples']) && Array.isArray(input['facts']) ? undefined : 'samples or facts missing';
    case 'act':
      return isObject(input['does']) ? undefined : 'act missing';
    case 'model-parameters':
      return isObject(input['parameters']) ? undefined : 'parameters missing';
    case 'model-status':
      return isObject(input['status']) ? undefined : 'status missing';
    case 'tick':
      return undefined;
    default:
      return 'unknown kind';
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function poison(log: LogRecord, reason: string): Parsed {
  const tenant = Number.parseInt(log.key, 10);
  return { kind: 'poison', tenant: Number.isInteger(tenant) && tenant < 2 ** 31 ? tenant : 0, reason };
}
