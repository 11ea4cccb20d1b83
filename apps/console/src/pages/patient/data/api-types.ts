import type { paths } from '../../../api/generated/schema.js';

type Read<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Twin = Read<'/v1/twins/{patient}'>;
export type LimitsInForce = Read<'/v1/twins/{patient}/limits'>;
export type Measure = Read<'/v1/measures'>['items'][number];
export type Forecast = Read<'/v1/twins/{patient}/forecasts'>['items'][number];

/** What the API answers to a question of what if. */
export type Scenario =
  paths['/v1/twins/{patient}/scenarios']['post']['responses']['200']['content']['application/json'];

export interface PatientLabel {
  readonly patient: string;
  readonly name: string | null;
  readonly identifier: { readonly system: string | null; readonly value: string } | null;
  readonly bed: { readonly reference: string; readonly name: string } | null;
}

export interface TimelineItem {
  readonly id?: string;
  readonly at: string;
  readonly kind: 'alert' | 'act' | 'threshold' | 'monitoring';
  readonly title: string;
  readonly severity?: 'high' | 'medium' | 'low';
  readonly alert?: string;
  readonly rule?: string;
  readonly code?: string;
  readonly transition?: string;
  readonly summary?: string;
  readonly effectiveAt?: string;
  readonly author?: string;
  readonly reason?: string;
}

export interface Wave {
  readonly code: string;
  readonly channel?: string;
  readonly effectiveAt: string;
  readonly periodMs: number | null;
  readonly unit: string;
  readonly values: readonly number[];
}
