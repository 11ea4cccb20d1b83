import type { z } from 'zod';
import type { MeasureListSchema } from '#libs/contracts';
import { CATALOGUE, codingOf, type MeasureName } from '#libs/domain/quantities';
import { FRESH } from '#libs/domain/twin';

type MeasureView = z.input<typeof MeasureListSchema>['items'][number];

const GROUPS: Readonly<Partial<Record<MeasureName, MeasureView['group']>>> = {
  'heart-rate': 'vital',
  'oxygen-saturation': 'vital',
  'respiratory-rate': 'vital',
  'systolic-pressure': 'vital',
  'diastolic-pressure': 'vital',
  'mean-pressure': 'vital',
  'body-temperature': 'vital',
  'glasgow-coma-score': 'vital',
  glucose: 'glucose',
  'oxygen-flow': 'therapy',
  'inspired-oxygen': 'therapy',
  'insulin-bolus': 'therapy',
  'insulin-basal-rate': 'therapy',
  'carbohydrate-intake': 'therapy',
};

/** Sensors of glucose give a value each five minutes; of the other measures the step is that of the sender. */
const USUAL_STEP_SECONDS: Readonly<Partial<Record<MeasureName, number>>> = { glucose: 300 };

/** Target ranges of adults with diabetes, mg/dL (Battelino 2019); in pregnancy, too. */
const TARGETS: Readonly<Partial<Record<MeasureName, readonly [usual: Range, pregnancy: Range]>>> = {
  glucose: [
    { low: 70, high: 180 },
    { low: 63, high: 140 },
  ],
};
interface Range {
  readonly low: number;
  readonly high: number;
}

/** The measures of the catalogue with what a page needs to name, group and draw them. */
export function measureViews(): MeasureView[] {
  return CATALOGUE.map((measure) => {
    const fresh = FRESH[measure.name];
    return {
      code: measure.name,
      title: measure.title,
      unit: measure.unit,
      group: measure.shape === 'value' ? (GROUPS[measure.name] ?? 'other') : 'wave',
      freshSeconds: Number.isFinite(fresh) ? fresh / 1000 : null,
      usualStepSeconds: USUAL_STEP_SECONDS[measure.name] ?? null,
      target: targetOf(measure.name, false),
      coding: codingOf(measure),
    };
  });
}

/** The target range of a measure, or null. */
export function targetOf(name: MeasureName, isPregnant: boolean): Range | null {
  const ranges = TARGETS[name];
  return ranges === undefined ? null : ranges[isPregnant ? 1 : 0];
}

/** How far apart values of a measure usually are, ms, whatever their sender; null: it depends on the sender. */
export function usualStepMs(name: MeasureName): number | null {
  const seconds = USUAL_STEP_SECONDS[name];
  return seconds === undefined ? null : seconds * 1000;
}
