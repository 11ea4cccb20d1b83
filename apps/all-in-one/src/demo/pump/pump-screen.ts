import type { PumpSample } from './pump-person.js';

export interface PumpTour {
  readonly url: string;
  readonly token: string;
  /** FHIR id of the patient, and the bed's label. */
  readonly patient: string;
  readonly label: string;
  readonly bolus: PumpSample;
}

const BEFORE_MS = 5 * 60_000;

/** What a newcomer can ask about a person on a pump: forecasts, how good they were, and what if. */
export function pumpTour({ url, token, patient, label, bolus }: PumpTour): string {
  const from = new Date(Date.parse(bolus.effectiveAt) - BEFORE_MS).toISOString();
  const question = {
    from,
    minutes: 240,
    arms: [
      { name: 'as given' },
      { name: '30 % less', changes: [{ kind: 'scale', of: 'insulin-bolus', by: 0.7, until: after(bolus) }] },
    ],
  };
  return `
${label} and one more are people with diabetes on a pump: simulated (UVA/Padova), their last day and a half faster than the clock,
and a model was fitted to each. Research software, not a cleared device: nothing is dosed.

  Forecasts ${url}/v1/twins/${patient}/forecasts?code=glucose
  Scores    ${url}/v1/forecast-scores?code=glucose&patient=${patient}

  What if the bolus of ${bolus.value} [IU] at ${bolus.effectiveAt} had been 30 % less (paste this):
    curl -s -X POST -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${JSON.stringify(question)}' ${url}/v1/twins/${patient}/scenarios
`;
}

/** Only this bolus is less: what comes later is as it was. */
function after(bolus: PumpSample): string {
  return new Date(Date.parse(bolus.effectiveAt) + BEFORE_MS).toISOString();
}
