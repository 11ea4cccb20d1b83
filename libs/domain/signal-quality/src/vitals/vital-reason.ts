/** Why a value is doubtful (1) or bad (2); the ends of a sensor's range are reported without lowering the quality (0). */
export const VITAL_REASONS = {
  'time-invalid': 2,
  'time-reversed': 1,
  'clock-reset': 1,
  'value-missing': 2,
  'off-body': 2,
  impossible: 2,
  'sent-as-bad': 2,
  'sent-as-doubtful': 1,
  'sensor-fault': 2,
  'poor-contact': 1,
  motion: 1,
  calibrating: 1,
  'low-battery': 0,
  'test-data': 2,
  'status-unknown': 1,
  'low-perfusion': 1,
  'rate-doubtful': 1,
  'rate-impossible': 2,
  spike: 1,
  'flat-line': 1,
  'unit-doubtful': 1,
  'dose-repeated': 1,
  'below-sensor-range': 0,
  'above-sensor-range': 0,
} as const satisfies Readonly<Record<string, Quality>>;

export type Quality = 0 | 1 | 2;
export type VitalReason = keyof typeof VITAL_REASONS;

/** What devices say of themselves, in the words of the gateways; null means "nothing to hold against the value". */
const STATUSES: ReadonlyMap<string, VitalReason | null> = new Map<string, VitalReason | null>([
  ['ok', null],
  ['good', null],
  ['off-body', 'off-body'],
  ['sensor-off', 'off-body'],
  ['leads-off', 'off-body'],
  ['sensor-fault', 'sensor-fault'],
  ['error', 'sensor-fault'],
  ['warming-up', 'sensor-fault'],
  ['poor-contact', 'poor-contact'],
  ['motion', 'motion'],
  ['calibrating', 'calibrating'],
  ['low-battery', 'low-battery'],
  ['test', 'test-data'],
  ['demo', 'test-data'],
]);

/** The reason a device's status gives; a status nobody knows lowers confidence and never refuses. */
export function reasonOfStatus(status: string): VitalReason | null {
  const reason = STATUSES.get(status);
  return reason === undefined ? 'status-unknown' : reason;
}
