import { isStoredCited } from './twin-codec.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether a value has what all stored twins of the readable versions have in common, down to the parts that the core indexes without
 * asking. Memories of detectors are not looked into: they have versions of their own.
 */
export function isTwinShaped(value: object): boolean {
  const twin = value as Fields;
  return (
    ['tenant', 'version', 'heard', 'moreFacts'].every((name) => isCount(twin[name])) &&
    typeof twin['patient'] === 'string' &&
    [twin['asOf'], twin['forgotten']].every(isTimeOrNull) &&
    ['streams', 'tenantThresholds', 'thresholds', 'feedback', 'facts', 'timers', 'derived'].every((name) =>
      isRecord(twin[name]),
    ) &&
    ['acts', 'replaced'].every((name) => Array.isArray(twin[name])) &&
    everyOf(twin['measures'], isMeasure) &&
    everyOf(twin['checks'], isKept) &&
    everyOf(twin['detectors'], (kept) => isKept(kept) && machinesOf(kept).every(isDetectorMachine)) &&
    everyOf(twin['rules'], isRuleState) &&
    (twin['forecasting'] === undefined || isForecasting(twin['forecasting']))
  );
}

function isMeasure({ t, latest, receivedAt }: Fields): boolean {
  return isCount(t) && isCount(receivedAt) && (latest === null || isStoredCited(latest));
}

function isKept(kept: Fields): boolean {
  const { now, grid, machines } = kept;
  if (now !== null && !isRecord(now)) return false;
  if (!Array.isArray(grid) || !Array.isArray(machines) || !machines.every(isRecord)) return false;
  return grid.every((at: unknown) => Number.isInteger(at) && (at as number) < machines.length);
}

function machinesOf({ now, machines }: Fields): readonly Fields[] {
  return [...(now === null ? [] : [now as Fields]), ...(machines as Fields[])];
}

function isDetectorMachine({ memory, open }: Fields): boolean {
  return memory !== undefined && isRecord(open);
}

function isRuleState(rule: Fields): boolean {
  const { episodes, count, floor } = rule;
  if (!isKept(rule) || !isCount(count) || !isTimeOrNull(floor) || !Array.isArray(episodes)) return false;
  if (!machinesOf(rule).every(({ tiers }) => Array.isArray(tiers))) return false;
  return episodes.every(isEpisode);
}

function isEpisode(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { n, start, end, rank, status, sequence, cites } = value;
  return (
    [n, start, rank, sequence].every(isCount) && isTimeOrNull(end) && typeof status === 'string' && Array.isArray(cites)
  );
}

/** Memories of models have versions of their own. */
function isForecasting(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { models = {}, parameters = {}, statuses = {} } = value;
  return (
    everyOf(models, ({ memory, outputs }) => memory !== undefined && everyOf(outputs, ({ at }) => isCount(at))) &&
    everyOf(parameters, ({ version, estimates }) => isCount(version) && isRecord(estimates)) &&
    everyOf(statuses, ({ status }) => typeof status === 'string')
  );
}

function everyOf(value: unknown, fits: (one: Fields) => boolean): boolean {
  return isRecord(value) && Object.values(value).every((one) => isRecord(one) && fits(one));
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isTimeOrNull(value: unknown): boolean {
  return value === null || isCount(value);
}
