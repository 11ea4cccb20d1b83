import type { paths } from '../../../api/generated/schema.js';

type Read<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Twin = Read<'/v1/twins/{patient}'>;
export type LimitsInForce = Read<'/v1/twins/{patient}/limits'>;
export type Measure = Read<'/v1/measures'>['items'][number];
export type PatientLabel = Read<'/v1/patients'>['items'][number];
export type TimelineItem = Read<'/v1/twins/{patient}/timeline'>['items'][number];
export type Wave = Read<'/v1/twins/{patient}/waves'>['items'][number];
export type Forecast = Read<'/v1/twins/{patient}/forecasts'>['items'][number];

export type AskedScenario = Read<'/v1/twins/{patient}/scenarios'>['items'][number];

/** What the API answers to a question of what if. */
export type Scenario =
  paths['/v1/twins/{patient}/scenarios']['post']['responses']['200']['content']['application/json'];
