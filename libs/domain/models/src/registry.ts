import {
  AR2_CARD,
  PERSISTENCE_CARD,
  POPULATION_MEAN_CARD,
  type Forecaster,
  type ModelCard,
} from '#libs/domain/forecasting';
import { GLUCOSE_FORECAST } from '#libs/domain/glucose-forecast';
import { PERSONAL_GLUCOSE_CARD, UVA_PADOVA_CARD } from '#libs/domain/physiology';
import { RISK_FORECAST, VITAL_FORECAST } from '#libs/domain/vital-forecast';

/** Models that forecast while data stream in: one line each. */
export const FORECASTERS: readonly Forecaster[] = [GLUCOSE_FORECAST, VITAL_FORECAST, RISK_FORECAST];

/** Cards of models that only simulate or are fitted to a person, and of the baselines: one line each. */
const OTHER_CARDS: readonly ModelCard[] = [
  UVA_PADOVA_CARD,
  PERSONAL_GLUCOSE_CARD,
  PERSISTENCE_CARD,
  AR2_CARD,
  POPULATION_MEAN_CARD,
];

/** The card of every model, in the order in which `GET /v1/models` lists them. */
export const MODEL_CARDS: readonly ModelCard[] = [...FORECASTERS.map(({ card }) => card), ...OTHER_CARDS];

const byId: ReadonlyMap<string, ModelCard> = new Map(MODEL_CARDS.map((card) => [card.id, card]));

/** The card of the model with this id. */
export function cardOf(id: string): ModelCard | undefined {
  return byId.get(id);
}
