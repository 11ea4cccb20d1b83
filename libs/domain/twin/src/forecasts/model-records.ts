import type { ModelParametersRecord, ModelStatusRecord, WireParameters } from '#libs/contracts';
import type { Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';

/** Bounds of what a twin carries: models with parameters, and pairs of model and measure with a status. */
const PARAMETERS_KEPT = 8;
const STATUSES_KEPT = 64;
/** Numbers of one fit. */
const NUMBERS_KEPT = 1_000;

export function statusKey(model: string, code: number): string {
  return `${model}/${code}`;
}

/** Takes over parameters that were fitted to the person; a fit that is not newer than the known one is dropped and counted. */
export function takeParameters(
  { forecasting, now }: Pick<Draft, 'forecasting' | 'now'>,
  { parameters: wire }: ModelParametersRecord,
): Changes {
  if (!isFit(wire)) return { dropped: ['parameters-refused'] };
  const known = forecasting?.parameters ?? {};
  const before = known[wire.model];
  if (before !== undefined && before.version >= wire.version) return { dropped: ['parameters-outdated'] };
  const { report: _, ...fitted } = wire;
  const parameters = newest({ ...without(known, wire.model), [wire.model]: fitted }, PARAMETERS_KEPT);
  return { state: { forecasting: { ...forecasting, parameters } }, parameters: [{ ...wire, at: now }], isNews: true };
}

/** Takes over what the ledger says of a model for this person; what is so already is dropped and counted. */
export function takeStatus(
  { forecasting, now }: Pick<Draft, 'forecasting' | 'now'>,
  { status }: ModelStatusRecord,
): Changes {
  const { model, code } = status;
  if (typeof model !== 'string' || !Number.isInteger(code)) return { dropped: ['model-status-refused'] };
  const known = forecasting?.statuses ?? {};
  const key = statusKey(model, code);
  if ((known[key]?.status ?? 'active') === status.status) return { dropped: ['model-status-repeated'] };
  const statuses = newest({ ...without(known, key), [key]: status }, STATUSES_KEPT);
  return { state: { forecasting: { ...forecasting, statuses } }, statuses: [{ ...status, at: now }], isNews: true };
}

function isFit({ model, version, estimates, spread }: WireParameters): boolean {
  if (typeof model !== 'string' || !Number.isInteger(version)) return false;
  if (typeof estimates !== 'object' || estimates === null || !Array.isArray(spread)) return false;
  const numbers = [...Object.values(estimates), ...spread];
  return numbers.length <= NUMBERS_KEPT && numbers.every(Number.isFinite);
}

function without<T>(all: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...others } = all;
  return others;
}

function newest<T>(all: Record<string, T>, kept: number): Record<string, T> {
  return Object.fromEntries(Object.entries(all).slice(-kept));
}
