import type { MeasureName } from '#libs/domain/quantities';

/**
 * The vital signs that are forecast: what a usual value and its spread are in intensive care (rounded from 600 stays of the PhysioNet Challenge 2019; they only
 * bring the measures to one scale), and what can be shown (libs/domain/quantities, `possible`).
 */
export interface VitalSign {
  /** Catalogue number. */
  readonly code: number;
  readonly name: MeasureName;
  readonly title: string;
  readonly unit: string;
  readonly usual: number;
  readonly spread: number;
  readonly bounds: { readonly least: number; readonly most: number };
}

// oxfmt-ignore
export const VITAL_SIGNS: readonly VitalSign[] = [
  { code: 1, name: 'heart-rate', title: 'heart rate', unit: '/min', usual: 85, spread: 17, bounds: { least: 10, most: 300 } },
  { code: 4, name: 'respiratory-rate', title: 'respiratory rate', unit: '/min', usual: 18.8, spread: 5.5, bounds: { least: 2, most: 80 } },
  { code: 3, name: 'oxygen-saturation', title: 'oxygen saturation', unit: '%', usual: 97.2, spread: 2.8, bounds: { least: 40, most: 100 } },
  { code: 5, name: 'systolic-pressure', title: 'systolic pressure', unit: 'mmHg', usual: 124, spread: 23, bounds: { least: 10, most: 300 } },
  { code: 7, name: 'mean-pressure', title: 'mean pressure', unit: 'mmHg', usual: 83, spread: 16, bounds: { least: 5, most: 250 } },
  { code: 8, name: 'body-temperature', title: 'body temperature', unit: '°C', usual: 36.9, spread: 0.8, bounds: { least: 25, most: 45 } },
];

const byCode: ReadonlyMap<number, VitalSign> = new Map(VITAL_SIGNS.map((sign) => [sign.code, sign]));

export function vitalSign(code: number): VitalSign | undefined {
  return byCode.get(code);
}
