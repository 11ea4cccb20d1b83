import type { InputChange } from '#libs/domain/forecasting';
import { judgedAt } from '../clocks/placing.js';
import { sensorOf } from '../rules/sensor.js';
import type { Change, Draft } from '../state/draft.js';
import type { Judgement, StoredMeasurement } from '../state/twin-port.js';

/** An input with how it came: `revised` when it changes what the model may have taken before. */
export interface Input extends InputChange {
  readonly revised: boolean;
}

/**
 * What a record brings to models, in order of time: new versions, withdrawals, and stored values that are judged otherwise now. A bad value is withdrawn
 * for models; one that is only a bound (`<40`) or a series is no input. Values of measures that no model reads are not looked at.
 */
export function inputsOf(
  draft: Pick<Draft, 'measurements' | 'judgements' | 'memory'>,
  isRead: (code: number) => boolean,
): readonly Input[] {
  const inputs: Input[] = [];
  for (const change of draft.measurements) addVersion(inputs, change, isRead);
  for (const judgement of draft.judgements) if (isRead(judgement.code)) addJudged(inputs, judgement, draft.memory);
  return inputs.length < 2 ? inputs : inputs.sort(inOrder);
}

function addVersion(inputs: Input[], change: Change, isRead: (code: number) => boolean): void {
  const { code, replaces } = change;
  const hasMoved = replaces !== undefined && replaces.code !== code;
  if (hasMoved && replaces.judgedAt !== null && isRead(replaces.code))
    inputs.push({ ...withdrawn(change, replaces.judgedAt), code: replaces.code });
  if (!isRead(code)) return;
  const at = judgedAt(change);
  const quality = change.judged?.quality ?? change.quality;
  const wasTaken = replaces !== undefined && !hasMoved && replaces.judgedAt !== null;
  if (at === null || change.retracted || quality === 2 || !isNumber(change)) {
    if (wasTaken) inputs.push(withdrawn(change, replaces.judgedAt!));
    return;
  }
  const { identity, x } = change;
  inputs.push({
    identity,
    code,
    t: at,
    x: x!,
    quality,
    source: sensorOf(change.source, change.device),
    isWithdrawn: false,
    revised: wasTaken,
  });
}

function addJudged(
  inputs: Input[],
  { identity, version, code, t, quality }: Judgement,
  memory: Pick<Draft['memory'], 'window'>,
): void {
  const stored = memory.window(code, t, t)?.find((one) => one.identity === identity && one.version === version);
  const at = stored === undefined ? null : judgedAt(stored);
  if (stored === undefined || at === null || !isNumber(stored)) return;
  const isWithdrawn = quality === 2;
  inputs.push({
    identity,
    code,
    t: at,
    x: stored.x!,
    quality,
    source: sensorOf(stored.source, stored.device),
    isWithdrawn,
    revised: true,
  });
}

function withdrawn(stored: StoredMeasurement, t: number): Input {
  const { identity, code, x, device } = stored;
  const source = sensorOf(stored.source, device);
  return { identity, code, t, x: x ?? 0, quality: 2, source, isWithdrawn: true, revised: true };
}

function isNumber({ x, comparator, series }: StoredMeasurement): boolean {
  return x !== undefined && comparator === undefined && series === undefined;
}

function inOrder(a: Input, b: Input): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.code !== b.code) return a.code - b.code;
  if (a.x !== b.x) return a.x - b.x;
  return a.identity < b.identity ? -1 : Number(a.identity > b.identity);
}
