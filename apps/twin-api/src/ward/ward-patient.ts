import type { z } from 'zod';
import type { WardPatientSchema, WardVitalSchema } from '#libs/contracts';
import { measureByName, trendOfPoints, TREND_RULES, type MeasureName, type TrendPoint } from '#libs/domain/quantities';
import { FRESH, type viewOf } from '#libs/domain/twin';
import { allows } from '#libs/platform/auth';
import type { LabelledPatient } from '#libs/platform/storage';

export type WardPatient = z.input<typeof WardPatientSchema>;
type Vital = z.input<typeof WardVitalSchema>;

/** What is shown of each patient, in this order. */
const SHOWN: readonly MeasureName[] = [
  'heart-rate',
  'oxygen-saturation',
  'respiratory-rate',
  'systolic-pressure',
  'diastolic-pressure',
  'mean-pressure',
  'body-temperature',
  'glucose',
  'oxygen-flow',
  'glasgow-coma-score',
];

/** What a ward needs of a twin's view, whether from the hot state or from Postgres. */
export type WardView = Pick<ReturnType<typeof viewOf>, 'version' | 'asOf' | 'measures' | 'alerts'> &
  Partial<Pick<ReturnType<typeof viewOf>, 'derived' | 'monitoring'>>;

/** What changes slowly, and costs more to read than the rest. */
export interface SlowParts {
  /** By catalogue number. */
  readonly trends: ReadonlyMap<number, readonly TrendPoint[]>;
  readonly forecast: WardPatient['forecast'];
}

/** @param now ms */
export function wardPatient(
  patient: string,
  view: WardView,
  label: LabelledPatient,
  slow: SlowParts,
  now: number,
): WardPatient {
  const { version, asOf, measures, derived, alerts, monitoring } = view;
  return {
    patient,
    version,
    ...label,
    asOf,
    vitals: SHOWN.flatMap((name) => vitalOf(name, measures[name], slow.trends, now)),
    news2: news2Of(derived?.['news2']),
    alerts: countBySeverity(alerts),
    forecast: slow.forecast,
    monitoring: monitoring?.state ?? 'on',
  };
}

/** A patient whose stored twin cannot be read. */
export function unreadablePatient(
  patient: string,
  version: number,
  label: LabelledPatient,
  alerts: readonly { readonly severity: string }[],
): WardPatient {
  const nothing = { asOf: null, vitals: [], news2: null, forecast: null };
  return {
    patient,
    version,
    ...label,
    ...nothing,
    alerts: countBySeverity(alerts),
    monitoring: 'off',
    unreadable: true,
  };
}

function vitalOf(
  name: MeasureName,
  shown: WardView['measures'][MeasureName],
  trends: SlowParts['trends'],
  now: number,
): Vital[] {
  if (shown === undefined) return [];
  const { number, title } = measureByName(name);
  const { value, comparator, unit, effectiveAt, quality } = shown;
  const t = Date.parse(effectiveAt);
  const rule = TREND_RULES[name];
  const newest = comparator === undefined && quality !== 'bad' ? [{ t, x: value }] : [];
  return [
    {
      code: name,
      title,
      value,
      ...(comparator === undefined ? {} : { comparator }),
      unit,
      effectiveAt,
      quality,
      stale: now - t > FRESH[name],
      freshSeconds: FRESH[name] / 1000,
      trend:
        rule === undefined
          ? null
          : trendOfPoints(rule, withNewest(trends.get(number) ?? [], newest, rule.windowMs, now)),
    },
  ];
}

/** What is no longer in the window that ends now does not show where a value is going. */
function withNewest(
  points: readonly TrendPoint[],
  newest: readonly TrendPoint[],
  windowMs: number,
  now: number,
): readonly TrendPoint[] {
  const others = points.filter(({ t }) => newest[0] === undefined || t !== newest[0].t);
  return [...others, ...newest].filter(({ t }) => t > now - windowMs);
}

function news2Of(derived: NonNullable<WardView['derived']>[string] | undefined): WardPatient['news2'] {
  if (derived === undefined || !('value' in derived)) return null;
  return { score: derived.value, effectiveAt: derived.effectiveAt, missing: [...(derived.missing ?? [])] };
}

function countBySeverity(alerts: readonly { readonly severity: string }[]): WardPatient['alerts'] {
  const count = (severity: string): number => alerts.filter((one) => one.severity === severity).length;
  return { high: count('high'), medium: count('medium'), low: count('low') };
}

/** Which parts of a ward a caller may see. */
export interface WardSight {
  readonly alerts: boolean;
  readonly forecasts: boolean;
}

export function sightOf(scopes: readonly string[]): WardSight {
  return { alerts: allows(scopes, 'alerts.read'), forecasts: allows(scopes, 'forecasts.read') };
}

export function asSeen(patient: WardPatient, sight: WardSight): WardPatient {
  return {
    ...patient,
    alerts: sight.alerts ? patient.alerts : null,
    forecast: sight.forecasts ? patient.forecast : null,
  };
}

const TEXTS = new WeakMap<WardPatient, Map<string, string>>();

/** As {@link asSeen}, in JSON: made once for all readers who see the same. */
export function textAsSeen(patient: WardPatient, sight: WardSight): string {
  const texts = TEXTS.get(patient) ?? new Map<string, string>();
  TEXTS.set(patient, texts);
  const key = `${sight.alerts} ${sight.forecasts}`;
  const text = texts.get(key) ?? JSON.stringify(asSeen(patient, sight));
  texts.set(key, text);
  return text;
}
