import { HEART_RATE, MINUTE, T0 } from '#libs/testing/ward';
import type { StoredMeasurement } from '../state/twin-port.js';
import { createMemory, type PatientMemory } from './memory.js';

export type Version = Parameters<PatientMemory['remember']>[0]['measurements'][number];

export function stored(identity: string, minute: number, over: Partial<Version> = {}): Version {
  return {
    identity,
    version: 1,
    hash: identity,
    code: HEART_RATE,
    t: T0 + minute * MINUTE,
    x: 70,
    quality: 0,
    sourced: true,
    source: 'gateway',
    device: '',
    receivedAt: T0 + minute * MINUTE,
    retracted: false,
    ...over,
  };
}

/** The next version of a measurement; `over` is what it changes. */
export function correction(before: Version, over: Partial<Version>): Version {
  const { version, code, t } = before;
  return { ...before, version: version + 1, ...over, replaces: { version, code, t } };
}

export const at = (minute: number): number => T0 + minute * MINUTE;
export const names = (list: readonly StoredMeasurement[] | undefined): readonly string[] | undefined =>
  list?.map(({ identity, version }) => (version === 1 ? identity : `${identity}.${version}`));

/** A memory that knows the heart rates `a` to `d` of minutes 0 to 3, from minute 0 to now. */
export function loaded(windowKept?: number): PatientMemory {
  const memory = createMemory(windowKept);
  const measurements = ['d', 'b', 'a', 'c'].map((name) => stored(name, name.charCodeAt(0) - 97));
  memory.load({ windows: [{ code: HEART_RATE, from: at(0), measurements }] });
  return memory;
}

export function remember(memory: PatientMemory, ...measurements: readonly Version[]): void {
  memory.remember({ measurements, judgements: [] });
}
