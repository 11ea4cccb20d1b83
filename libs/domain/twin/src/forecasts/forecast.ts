import type {
  Baselines,
  Forecaster,
  ForecastOutput,
  ModelForecast,
  ModelRefusal,
  QuantileLevel,
} from '#libs/domain/forecasting';
import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { ForecasterState, OutputState } from '../state/forecasting-state.js';
import type { ForecastChange } from '../state/twin-port.js';
import { inputsOf, type Input } from './input-changes.js';
import { statusKey } from './model-records.js';
import { subjectOf } from './subject.js';

/**
 * Gives the models what the record brought, and asks each for a forecast of every measure that has a new input by it. What a model says, and whether the ledger
 * scores it, depends on the records up to here only: the same log gives the same forecasts.
 */
export function forecast(draft: Draft): Changes {
  const { catalogue, measurements, judgements } = draft;
  if (catalogue.forecasters.length === 0 || (measurements.length === 0 && judgements.length === 0)) return NO_CHANGES;
  const inputs = inputsOf(draft, (code) => catalogue.forecastersOf(code).length > 0);
  if (inputs.length === 0) return NO_CHANGES;
  const models: Record<string, ForecasterState> = { ...draft.forecasting?.models };
  const forecasts: ForecastChange[] = [];
  const readings = new Map<string, unknown>();
  for (const forecaster of catalogue.forecasters) {
    const own = inputs.filter(({ code }) => forecaster.reads.includes(code));
    if (own.length === 0) continue;
    const before = models[forecaster.card.id] ?? NOTHING;
    const { memoryOf } = forecaster;
    const memory =
      memoryOf === undefined
        ? own.reduce((kept: unknown, input) => forecaster.take(kept, changeOf(input)), before.memory)
        : (models[memoryOf]?.memory ?? null);
    const outputs: Record<string, OutputState> = { ...before.outputs };
    const about = subjectOf(draft, forecaster);
    const shared = memoryOf === undefined ? undefined : readings.get(memoryOf);
    const reading = shared ?? forecaster.read?.(memory) ?? memory;
    readings.set(forecaster.card.id, reading);
    for (const output of forecaster.outputs) {
      if (!hasNewInput(draft, output, own)) continue;
      const answer = forecaster.forecast(reading, output.code, about);
      const noted = note(draft, forecaster, output, answer, before.outputs[output.code], own);
      outputs[output.code] = noted.state;
      if (noted.change !== undefined) forecasts.push(noted.change);
    }
    models[forecaster.card.id] = { memory: memoryOf === undefined ? memory : null, outputs };
  }
  return { state: { forecasting: { ...draft.forecasting, models } }, forecasts };
}

const NOTHING: ForecasterState = { memory: null, outputs: {} };

function changeOf({ identity, code, t, x, quality, source, isWithdrawn }: Input) {
  return { identity, code, t, x, quality, source, isWithdrawn };
}

/** A value later than the newest of the output is an input only of models that plan with it: the forecast is issued at that newest value. */
function hasNewInput(
  { measures }: Draft,
  { code, usesLater, outcome }: ForecastOutput,
  inputs: readonly Input[],
): boolean {
  if (outcome !== undefined) return true;
  const newest = measures[code]?.t;
  if (newest === undefined) return false;
  return usesLater === true || inputs.some((input) => input.code === code || input.t <= newest);
}

/** The forecast is far enough from the last that is scored, or what that rested on is no more what it was. */
function isScored(
  now: number,
  issuedAt: number,
  { scoredEveryMs }: ForecastOutput,
  known: OutputState | undefined,
  inputs: readonly Input[],
): boolean {
  const last = known?.scored ?? known;
  if (scoredEveryMs === 0 || last === undefined || last.issuedAt === null) return true;
  const { issuedAt: before, at } = last;
  if (issuedAt >= before + scoredEveryMs) return true;
  return now >= at + scoredEveryMs && inputs.some(({ revised, t }) => revised || t <= before);
}

/** What a model's answer makes of the output, and what is said of it. */
function note(
  draft: Draft,
  forecaster: Forecaster,
  output: ForecastOutput,
  answer: ModelForecast | ModelRefusal,
  known: OutputState | undefined,
  inputs: readonly Input[],
): { readonly state: OutputState; readonly change?: ForecastChange } {
  const { id: model, version } = forecaster.card;
  const { code } = output;
  const follows = followed(known);
  const head = { model, version, code, follows };
  if (answer.kind === 'forecast' && isFinite(answer)) {
    const { kind, ...said } = answer;
    const status = draft.forecasting?.statuses?.[statusKey(model, code)]?.status ?? 'active';
    const scored = isScored(draft.now, said.issuedAt, output, known, inputs);
    const state = { issuedAt: said.issuedAt, at: draft.now, ...(scored ? {} : lastScored(known)) };
    return { state, change: { kind, ...head, ...said, status, scored } };
  }
  const { reason, message } = answer.kind === 'refused' ? answer : NOT_FINITE;
  const state = {
    issuedAt: known?.issuedAt ?? null,
    at: draft.now,
    refused: { reason, message },
    ...lastScored(known),
  };
  // Said once, and again when the reason is another: a stream that a model refuses is not a stream of refusals.
  if (known?.refused?.reason === reason) return { state };
  return { state, change: { kind: 'refused', ...head, issuedAt: draft.asOf ?? draft.now, reason, message } };
}

/** Of the newest that is scored, when the newest of all is another. */
function lastScored(known: OutputState | undefined): Pick<OutputState, 'scored'> {
  if (known === undefined || known.issuedAt === null) return {};
  return { scored: known.scored ?? { issuedAt: known.issuedAt, at: known.at } };
}

function followed(known: OutputState | undefined): ForecastChange['follows'] {
  if (known === undefined || known.issuedAt === null || known.refused !== undefined) return null;
  return { issuedAt: known.issuedAt, at: known.at };
}

const NOT_FINITE = { reason: 'outside-domain', message: 'The model gave no finite value.' } as const;

function isFinite({ points, issuedAt }: ModelForecast): boolean {
  if (!Number.isSafeInteger(issuedAt)) return false;
  for (const { mean, quantiles, baselines } of points) {
    if (!Number.isFinite(mean)) return false;
    for (const level in quantiles) if (!Number.isFinite(quantiles[level as QuantileLevel])) return false;
    for (const name in baselines) if (!Number.isFinite(baselines[name as keyof Baselines])) return false;
  }
  return true;
}
