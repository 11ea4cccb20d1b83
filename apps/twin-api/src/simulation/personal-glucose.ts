import { PERSONAL_GLUCOSE_CARD, runArm, startEnsemble, type Ensemble } from '#libs/domain/physiology';
import type { ScenarioModel } from '#libs/domain/scenarios';

/** The model fitted to a person, as scenarios and proposals ask it. */
export const PERSONAL_GLUCOSE: ScenarioModel<Ensemble> = {
  id: PERSONAL_GLUCOSE_CARD.id,
  version: PERSONAL_GLUCOSE_CARD.version,
  start: (known, draws, seed) => startEnsemble({ ...known, draws, seed }),
  assumptions: ({ assumptions }) => assumptions,
  run: (ensemble, inputs, minutes, stepMinutes) => runArm(ensemble, inputs, minutes, stepMinutes),
};
