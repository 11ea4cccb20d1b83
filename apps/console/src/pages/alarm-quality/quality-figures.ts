import type { paths } from '../../api/generated/schema.js';
import type { Cell } from '../../figures/table/csv.js';
import type { FigureData } from '../../figures/figure-data.js';

export type AlarmQuality = paths['/v1/alarm-quality']['get']['responses'][200]['content']['application/json'];
type RuleFigures = AlarmQuality['rules'][number];

/** Texts of this page that stand in the figures. */
export interface FigureTexts {
  readonly rule: string;
  readonly perPatientDay: string;
  readonly precision: string;
  readonly median: string;
  readonly p90: string;
  readonly live: string;
  readonly shadow: string;
  readonly titleOf: (rule: string) => string;
}

export interface QualityFigures {
  readonly perPatientDay: FigureData<string>;
  readonly precision: FigureData<string>;
  readonly minutesToAcknowledge: FigureData<string>;
  readonly shadows: FigureData<string>;
}

/** The charts of this page. A rule about which a figure says nothing is not in it: that is not zero. */
export function qualityFigures({ rules, shadows }: AlarmQuality, texts: FigureTexts): QualityFigures {
  const figure = (
    series: readonly string[],
    valuesOf: (rule: RuleFigures) => readonly (number | null)[],
  ): FigureData<string> => ({
    axis: texts.rule,
    series,
    rows: rules
      .map((rule) => ({ place: texts.titleOf(rule.rule), values: valuesOf(rule) }))
      .filter(({ values }) => values.some((value) => value !== null))
      .sort((a, b) => (b.values[0] ?? 0) - (a.values[0] ?? 0)),
  });
  return {
    perPatientDay: figure([texts.perPatientDay], ({ perPatientDay }) => [perPatientDay]),
    precision: figure([texts.precision], ({ precision }) => [precision]),
    minutesToAcknowledge: figure([texts.median, texts.p90], ({ secondsToAcknowledge: seconds }) => [
      seconds === null ? null : seconds.median / 60,
      seconds === null ? null : seconds.p90 / 60,
    ]),
    shadows: {
      axis: texts.rule,
      series: [texts.live, texts.shadow],
      rows: shadows.map(({ rule, liveFound, found }) => ({ place: texts.titleOf(rule), values: [liveFound, found] })),
    },
  };
}

/** One row of the table by rule. */
export function ruleCells(figures: AlarmQuality['total']): readonly Cell[] {
  const { alerts, bySeverity, suppressed, perPatientDay, acknowledged, escalated, useful, notUseful } = figures;
  const { precision, secondsToAcknowledge: seconds } = figures;
  return [
    alerts,
    bySeverity.high,
    bySeverity.medium,
    bySeverity.low,
    perPatientDay,
    suppressed,
    acknowledged,
    escalated,
    useful,
    notUseful,
    precision,
    seconds === null ? null : seconds.median / 60,
    seconds === null ? null : seconds.p90 / 60,
  ];
}
