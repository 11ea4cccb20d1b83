import { refuse } from '#libs/domain/forecasting';
import type { PersonInputs, RecordedValue, ScenarioModel } from '#libs/domain/scenarios';
import type { ProposalCase } from './proposal-case.js';

export const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

interface Levels {
  readonly from: number;
  readonly glucose: number;
  readonly spread: readonly number[];
}

/**
 * A model that can be computed by hand: the newest reading goes on with `drift` mg/dL per hour; each [IU] given lowers by 40 mg/dL and each g raises by
 * 4 mg/dL, linearly over two hours. The draws differ by up to 10 mg/dL.
 */
export function levelModel(drift = 0): ScenarioModel<Levels> {
  return {
    id: 'personal-glucose',
    version: '0.0.1',
    start: ({ glucose, from, subject }, draws) => {
      if (subject.isPregnant === true) return refuse('outside-population', 'The model is not for pregnancy.');
      const spread = Array.from({ length: draws }, (_, i) => -10 + (20 * i) / Math.max(1, draws - 1));
      return { from, glucose: glucose.at(-1)!.mgPerDl, spread };
    },
    assumptions: () => [],
    run: ({ from, glucose, spread }, inputs, minutes, stepMinutes) => {
      const at = Array.from({ length: Math.floor(minutes / stepMinutes) + 1 }, (_, i) => i * stepMinutes);
      const paths = spread.map((offset) =>
        at.map((minute) => glucose + offset + (drift * minute) / 60 + effect(inputs, from, from + minute * MINUTE)),
      );
      return { minutes: at, paths };
    },
  };
}

function effect(inputs: PersonInputs, from: number, t: number): number {
  const done = (at: number): number => (at < from ? 0 : Math.min(1, Math.max(0, (t - at) / (120 * MINUTE))));
  const insulin = inputs.boluses.reduce((sum, { t: at, units }) => sum + units * done(at), 0);
  const carbohydrates = inputs.carbohydrates.reduce((sum, { t: at, grams }) => sum + grams * done(at), 0);
  return 4 * carbohydrates - 40 * insulin;
}

export const value = (
  code: RecordedValue['code'],
  minutesAgo: number,
  x: number,
  more: Partial<RecordedValue> = {},
): RecordedValue => ({ code, t: NOW - minutesAgo * MINUTE, x, quality: 0, source: 'pump', ...more });

/** Two hours of readings that end at `glucose` two minutes ago, having changed by `slope` mg/dL/min. */
export function readings(glucose: number, slope = 0.1): readonly RecordedValue[] {
  return Array.from({ length: 24 }, (_, i) =>
    value('glucose', 117 - 5 * i, Math.round(glucose - slope * 5 * (23 - i)), { source: 'sensor' }),
  );
}

/** A person at 180 mg/dL who has had a basal rate of 1 [IU]/h and no bolus; nothing stands against a dose. */
export function proposalCase(more: Partial<ProposalCase> = {}, values = readings(180)): ProposalCase {
  return {
    kind: 'insulin-bolus',
    person: {
      tenant: 1,
      patient: 'p1',
      subject: { ageYears: 40, isPregnant: false, weightKg: 70, parameters: null },
      parameters: null,
      values: [value('insulin-basal-rate', 2000, 1), ...values],
    },
    therapy: {
      carbRatio: 10,
      correctionFactor: 40,
      target: { low: 110, high: 110 },
      maximumBolus: 10,
      maximumInsulinOnBoard: 12,
      dailyMaximum: 60,
    },
    target: 110,
    carbohydrates: 0,
    now: NOW,
    knownAt: NOW,
    decided: [],
    forecast: null,
    ...more,
  };
}
