/** What a model is, what it needs, whom it serves and what it was measured to be worth. Served at `GET /v1/models`, rendered under `docs/models`. */
export interface ModelCard {
  readonly id: ModelId;
  /** Semantic version; whatever may change a forecast raises it. */
  readonly version: string;
  readonly title: string;
  readonly kind: 'statistical' | 'mechanistic';
  /** Catalogue names of the measures it forecasts. */
  readonly outputs: readonly string[];
  readonly inputs: readonly ModelInput[];
  /** Horizons it answers, minutes; empty for a model that only simulates. */
  readonly horizonMinutes: readonly number[];
  readonly population: {
    readonly ages: string;
    readonly pregnancy: string;
    readonly conditions: string;
  };
  /** Plain sentences: when it does not answer. */
  readonly refuses: readonly string[];
  readonly trainedOn: {
    readonly sets: readonly string[];
    readonly records: number;
    readonly period: string;
  };
  /** Figures, with whether the rows they were measured on were held apart from all that was fitted. */
  readonly metrics: readonly {
    readonly set: string;
    readonly heldApart: boolean;
    readonly figure: string;
    readonly value: number;
  }[];
  /** Plain sentences: what it does not know. */
  readonly limits: readonly string[];
  /** Its page, from the project's root. */
  readonly page: string;
  /** `shadow`: scored and not shown; `baseline`: what others are compared with. */
  readonly status: 'active' | 'shadow' | 'baseline';
}

export interface ModelInput {
  /** Catalogue name of the measure. */
  readonly code: string;
  readonly needed: boolean;
  /** Plain words: how old it may be. */
  readonly freshness: string;
}

export const MODEL_IDS = [
  'glucose-forecast',
  'vital-forecast',
  'deterioration-risk',
  'uva-padova',
  'personal-glucose',
  'persistence',
  'ar2',
  'population-mean',
] as const;

export type ModelId = (typeof MODEL_IDS)[number];
