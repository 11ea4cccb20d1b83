import type { Catalogue } from '../rules/catalogue.js';
import type { MemoryFormat } from '../rules/memory-format.js';
import type { DetectorMachine, Kept } from '../state/machine-state.js';
import type { TwinState } from '../state/state.js';

/** What is read here of a twin, as it is or as it is stored. */
type Remembering = Pick<TwinState, 'memories' | 'derived' | 'checks' | 'asOf' | 'warmingUp' | 'forecasting'> & {
  readonly detectors: Readonly<Record<string, Kept<Pick<DetectorMachine, 'memory'>>>>;
};

/** The versions that a twin has to name: all but 1 (a memory is of version 1 where the twin does not name one), so that a twin of the first version costs nothing. */
export function namedVersions(formats: Catalogue['memories']): TwinState['memories'] {
  const named = Object.entries(formats).filter(([, { version }]) => version !== 1);
  return named.length === 0 ? undefined : Object.fromEntries(named.map(([name, { version }]) => [name, version]));
}

/**
 * The twin with memories that this software can read. One of another version is upcast where that is known, else it begins anew; what its
 * detector found and is open stays open until the detector has seen enough to judge that (`warmingUp`). A memory that no part of this
 * software owns stays as it is, for the software that does.
 */
export function withKnownMemories<T extends Remembering>(twin: T, formats: Catalogue['memories']): T {
  const stored = twin.memories ?? {};
  const other = Object.keys(formats).filter((name) => (stored[name] ?? 1) !== formats[name]!.version);
  if (other.length === 0) return twin;
  let next = twin;
  for (const name of other) next = brought(next, name, stored[name] ?? 1, formats[name]!);
  const kept = Object.entries(stored).filter(([name]) => formats[name] === undefined);
  const { memories: _, ...rest } = next;
  const memories = { ...Object.fromEntries(kept), ...namedVersions(formats) };
  return (Object.keys(memories).length === 0 ? rest : { ...rest, memories }) as T;
}

function brought<T extends Remembering>(
  twin: T,
  name: string,
  from: number,
  { version, upcasters = {} }: MemoryFormat,
): T {
  const upcast = chainOf(from, version, upcasters);
  if (name === 'checks') return upcast === null ? { ...twin, checks: {} } : twin;
  const id = name.slice(name.indexOf(':') + 1);
  if (name.startsWith('derived:')) return withDerived(twin, id, upcast);
  if (name.startsWith('forecaster:')) return withForecaster(twin, id, upcast);
  const kept = twin.detectors[id];
  if (kept === undefined) return twin;
  const moved = machinesMapped(kept, (memory) => (upcast === null ? null : upcast(memory)));
  const detectors = { ...twin.detectors, [id]: moved };
  if (upcast !== null || twin.asOf === null) return { ...twin, detectors };
  return { ...twin, detectors, warmingUp: { ...twin.warmingUp, [id]: twin.asOf } };
}

function withDerived<T extends Remembering>(twin: T, id: string, upcast: ((memory: unknown) => unknown) | null): T {
  if (twin.derived[id] === undefined) return twin;
  const { [id]: memory, ...others } = twin.derived;
  return { ...twin, derived: upcast === null ? others : { ...others, [id]: upcast(memory) } };
}

/** A model without a way to its memory begins anew; what it said last stays. */
function withForecaster<T extends Remembering>(
  twin: T,
  model: string,
  upcast: ((memory: unknown) => unknown) | null,
): T {
  const { forecasting } = twin;
  const known = forecasting?.models?.[model];
  if (known === undefined) return twin;
  const memory = upcast === null || known.memory === null ? null : upcast(known.memory);
  return {
    ...twin,
    forecasting: { ...forecasting, models: { ...forecasting?.models, [model]: { ...known, memory } } },
  };
}

/** null: there is no way from the one version to the other. */
function chainOf(
  from: number,
  to: number,
  upcasters: NonNullable<MemoryFormat['upcasters']>,
): ((memory: unknown) => unknown) | null {
  const steps: ((memory: unknown) => unknown)[] = [];
  for (let version = from; version < to; version++) {
    const step = upcasters[version];
    if (step === undefined) return null;
    steps.push(step);
  }
  return from > to ? null : (memory) => steps.reduce((before, step) => (before === null ? null : step(before)), memory);
}

function machinesMapped<M extends Pick<DetectorMachine, 'memory'>>(
  kept: Kept<M>,
  of: (memory: unknown) => unknown,
): Kept<M> {
  const mapped = (machine: M): M => ({ ...machine, memory: of(machine.memory) });
  return { ...kept, now: kept.now === null ? null : mapped(kept.now), machines: kept.machines.map(mapped) };
}
