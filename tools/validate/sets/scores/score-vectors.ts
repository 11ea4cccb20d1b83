/**
 * Tables of observations, one set a row: `news2.csv` and `qsofa_sirs_mews_si.csv`. One `score` line per row and rule. What is missing
 * gives the partial total; nothing known, an impossible value, or a shock index without one of its two values gives no line. The shock
 * index is not rounded.
 */
import { join } from 'node:path';
import {
  mews,
  news2,
  qsofa,
  shockIndex,
  sirs,
  type Consciousness,
  type Score,
  type ScoreRefusal,
  type Vitals,
} from '#libs/domain/deterioration';
import type { Detection, ValidationSet } from '../../set.js';
import { numberIn, readTable, textOf, type TableRow } from './score-table.js';

const LEVELS: Readonly<Record<string, Consciousness>> = {
  alert: 'A',
  confusion: 'C',
  confused: 'C',
  'new confusion': 'C',
  voice: 'V',
  verbal: 'V',
  pain: 'P',
  unresponsive: 'U',
};
const YES = new Set(['1', '1.0', 'true', 'yes', 'y']);
const NO = new Set(['0', '0.0', 'false', 'no', 'n']);

/** ACVPU by letter or word, in any case. Another letter goes through as it is, and is refused by the score. */
function levelIn(row: TableRow, column: string): Consciousness | undefined {
  const text = textOf(row, column);
  return text === undefined ? undefined : (LEVELS[text.toLowerCase()] ?? (text.toUpperCase() as Consciousness));
}

function flagIn(row: TableRow, column: string): boolean | undefined {
  const text = textOf(row, column)?.toLowerCase() ?? '';
  return YES.has(text) ? true : NO.has(text) ? false : undefined;
}

type Scored = ReadonlyArray<Score | ScoreRefusal>;
/** A vital sign that is undefined is left out, as the scores take it. */
type Fields = { readonly [Name in keyof Vitals]?: Vitals[Name] | undefined };

function vitalsOf(fields: Fields): Vitals {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function news2Row(row: TableRow): Scored {
  const vitals = vitalsOf({
    respiratoryRate: numberIn(row, 'rr'),
    oxygenSaturation: numberIn(row, 'spo2'),
    onOxygen: flagIn(row, 'on_oxygen'),
    systolicPressure: numberIn(row, 'sbp'),
    heartRate: numberIn(row, 'hr'),
    consciousness: levelIn(row, 'acvpu'),
    temperature: numberIn(row, 'temp_c'),
  });
  // The scale in the table is the decision.
  const decided = numberIn(row, 'spo2_scale') === 2;
  return [news2(vitals, decided ? { scale2Decision: { by: 'spo2_scale', at: 0 } } : {})];
}

/** In this table altered mentation is given by `gcs` for qSOFA and the level of consciousness by `avpu` for MEWS. */
function fourScoresRow(row: TableRow): Scored {
  const pressures = { systolicPressure: numberIn(row, 'sbp'), diastolicPressure: numberIn(row, 'dbp') };
  const rates = { respiratoryRate: numberIn(row, 'rr'), heartRate: numberIn(row, 'hr') };
  const shared = { ...pressures, ...rates, temperature: numberIn(row, 'temp_c') };
  const laboratory = {
    paco2: numberIn(row, 'paco2'),
    whiteCells: numberIn(row, 'wbc'),
    bandsPercent: numberIn(row, 'bands_pct'),
  };
  return [
    qsofa(vitalsOf({ ...shared, gcs: numberIn(row, 'gcs') })),
    sirs(vitalsOf({ ...shared, ...laboratory })),
    mews(vitalsOf({ ...shared, consciousness: levelIn(row, 'avpu') })),
    shockIndex(vitalsOf(shared)),
  ];
}

const TABLES: ReadonlyArray<readonly [file: string, scores: (row: TableRow) => Scored]> = [
  ['news2.csv', news2Row],
  ['qsofa_sirs_mews_si.csv', fourScoresRow],
];

function recordOf(file: string, row: TableRow, place: number): string {
  return `${file}#${textOf(row, 'row') ?? place + 1}`;
}

/** The expected value of a rule, from `expected_news2`, `news2` and the like; in a table of one rule also from `expected`. */
function expectedIn(row: TableRow, file: string, rule: string): string | undefined {
  const name = rule.replace('-', '_');
  const columns = [`expected_${name}`, name, rule, ...(file === 'news2.csv' ? ['expected', 'total', 'score'] : [])];
  return columns.map((column) => textOf(row, column)).find((text) => text !== undefined);
}

/** Equal to as many decimals as the expected value has. */
function isExact(value: number | undefined, expected: string): boolean {
  const decimals = expected.split('.')[1]?.length ?? 0;
  if (value === undefined || !Number.isFinite(Number(expected))) return false;
  return decimals === 0
    ? value === Number(expected)
    : Math.abs(value - Number(expected)) <= 0.5000001 * 10 ** -decimals;
}

export const scoreVectors: ValidationSet = {
  name: 'score_vectors',
  *detect(folder): Iterable<Detection> {
    for (const [file, scores] of TABLES) {
      for (const [place, row] of readTable(join(folder, file)).entries()) {
        const record = recordOf(file, row, place);
        for (const said of scores(row))
          if (said.kind === 'score') yield { record, kind: 'score', at: 0, rule: said.rule, value: said.total };
      }
    }
  },
  score(folder, detections) {
    const values = new Map(detections.map(({ record, rule, value }) => [`${record} ${rule}`, value]));
    const hits = new Map<string, boolean[]>();
    for (const [file] of TABLES) {
      for (const [place, row] of readTable(join(folder, file)).entries()) {
        for (const rule of ['news2', 'qsofa', 'sirs', 'mews', 'shock-index']) {
          const expected = expectedIn(row, file, rule);
          if (expected === undefined) continue;
          const value = values.get(`${recordOf(file, row, place)} ${rule}`);
          const exact = isExact(typeof value === 'number' ? value : undefined, expected);
          hits.set(rule, [...(hits.get(rule) ?? []), exact]);
        }
      }
    }
    return Object.fromEntries(
      [...hits].map(([rule, exact]) => [`score_vectors.${rule}.exact`, exact.filter(Boolean).length / exact.length]),
    );
  },
};
