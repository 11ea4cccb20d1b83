/**
 * PhysioNet/CinC Challenge 2019: scores hour by hour of stays in intensive care. One `score` line per stay, row and rule, from the last
 * known values, however old. The file only: a row nobody has measured anything for yet gets 0, a refused trend its intercept. And forecasts of vital signs.
 */
import { DETERIORATION_TREND, trendRisk } from '#libs/domain/deterioration';
import type { Detection, ValidationSet } from '../../set.js';
import { told } from '../ecg/af-scoring.js';
import { auroc } from '../auroc.js';
import { loadAtEqualEvents, plainLoad, trendLoad, type ScoredStay } from './sepsis2019-load.js';
import { bedsideScores } from './sepsis2019-scores.js';
import { readLabels, readStays, type Stay } from './sepsis2019-stays.js';
import { trendStates } from './sepsis2019-trend.js';
import { aheadAlertMetrics } from '../vitals/ahead-alerts.js';
import { riskMetrics } from '../vitals/risk-figures.js';
import { forecastLines, forecastMetrics } from '../vitals/vital-forecasts.js';

const TREND = 'deterioration-trend';

/** Six decimals, so that the file does not depend on the last bit of a machine. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function* linesOf(stay: Stay): Iterable<Detection> {
  const { record } = stay;
  const scores = bedsideScores(stay);
  const states = [...trendStates(stay)];
  for (const [i, { values }] of stay.rows.entries()) {
    const { t, state } = states[i]!;
    const at = t / 1000;
    for (const [rule, value] of scores[i] ?? []) yield { record, kind: 'score', at, value: rounded(value), rule };
    const age = values.get('Age');
    const risk = trendRisk(state, t, age === undefined ? {} : { ageYears: age });
    const value = rounded(risk.kind === 'risk' ? risk.score : DETERIORATION_TREND.intercept);
    yield { record, kind: 'score', at, value, rule: TREND };
  }
}

interface Labelled {
  readonly stays: readonly Stay[];
  readonly labels: ReadonlyMap<string, readonly boolean[]>;
}

/** Truth and scores of one rule in the order of the file; stays without labels are left out. */
function scored(all: Labelled, lines: readonly Detection[], rule: string): readonly ScoredStay[] {
  const values = new Map<string, number[]>();
  for (const line of lines) {
    if (line.rule !== rule || typeof line.value !== 'number') continue;
    const said = values.get(line.record) ?? [];
    said.push(line.value);
    values.set(line.record, said);
  }
  return all.stays.flatMap((stay) => {
    const truth = all.labels.get(stay.record);
    return truth ? [{ stay, labels: truth, scores: values.get(stay.record) ?? [] }] : [];
  });
}

function areaOf(stays: readonly ScoredStay[]): number {
  return auroc(
    stays.flatMap(({ labels }) => labels),
    stays.flatMap(({ scores }) => scores),
  );
}

function loadMetrics(stays: readonly ScoredStay[]): Readonly<Record<string, number>> {
  const { medium } = DETERIORATION_TREND.bands;
  const plain = plainLoad(stays);
  const equal = loadAtEqualEvents(stays, medium.raise - medium.clear);
  const used = trendLoad(stays, medium);
  return {
    'sepsis2019.load_ratio': equal.alerts / plain.alerts,
    'sepsis2019.plain.alerts_per_day': plain.alertsPerDay,
    'sepsis2019.plain.events': plain.events,
    [`sepsis2019.${TREND}.medium.alerts_per_day`]: used.alertsPerDay,
    [`sepsis2019.${TREND}.medium.events`]: used.events,
  };
}

export const sepsis2019: ValidationSet = {
  name: 'sepsis2019',
  *detect(folder) {
    for (const stay of readStays(folder)) {
      yield* linesOf(stay);
      yield* forecastLines(stay);
    }
  },
  score(folder, detections) {
    const lines = detections.filter(({ kind }) => kind === 'score');
    const all = { stays: readStays(folder), labels: readLabels(folder) };
    const rules = [...new Set(lines.map(({ rule }) => rule ?? ''))];
    const areas = rules.map((rule) => [`sepsis2019.${rule}.auroc`, areaOf(scored(all, lines, rule))] as const);
    const stays = scored(all, lines, TREND);
    const events = stays.filter(({ labels }) => labels.includes(true)).length;
    const forecasts = {
      ...forecastMetrics('sepsis2019', all.stays),
      ...riskMetrics('sepsis2019', all.stays),
      ...aheadAlertMetrics('sepsis2019', all.stays),
    };
    if (events === 0) return told(forecasts);
    return told({
      ...Object.fromEntries(areas),
      'sepsis2019.events': events,
      ...loadMetrics(stays),
      ...forecasts,
    });
  },
};
