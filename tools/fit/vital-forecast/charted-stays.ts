import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { featuresOf, memoryOf, taken, VITAL_SIGNS, type VitalSign } from '#libs/domain/vital-forecast';
import { HORIZON_HOURS, type VitalRow } from './vital-rows.js';

const MINUTE = 60_000;
/** A value counts for a horizon when it was charted within half an hour of it. */
const TOLERANCE_MINUTES = 30;

/** Columns of cinc2012: pressures are of the artery where there is a line, else of the cuff. There is no saturation. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'heart-rate': ['HR'],
  'respiratory-rate': ['Resp'],
  'systolic-pressure': ['SBP', 'NISBP'],
  'mean-pressure': ['MAP', 'NIMAP'],
  'body-temperature': ['Temp'],
};

interface Made {
  readonly sign: VitalSign;
  readonly minute: number;
  readonly now: number;
  readonly features: VitalRow['features'];
}

/**
 * Rows of the stays of cinc2012 (MIMIC-II, another hospital), values as charted, at any minute: an outside set on which nothing is fitted. Nothing where the
 * set is not there.
 */
export function* chartedRows(folder: string): Iterable<readonly [code: number, row: VitalRow]> {
  if (!existsSync(folder)) return;
  const ages = new Map(table(folder, 'patients_a.csv.gz').map((cell) => [cell('patient'), Number(cell('Age'))]));
  const stays = Map.groupBy(table(folder, 'stays_a.csv.gz'), (cell) => cell('patient'));
  for (const [record, cells] of stays) yield* rowsOf(record, cells, ages.get(record) ?? null);
}

function* rowsOf(
  record: string,
  cells: readonly Cell[],
  ageYears: number | null,
): Iterable<readonly [number, VitalRow]> {
  const about = { ageYears, isPregnant: null, weightKg: null, parameters: null };
  const charted = new Map<number, { minute: number; x: number }[]>(VITAL_SIGNS.map(({ code }) => [code, []]));
  const made: Made[] = [];
  let memory = memoryOf(null);
  const byMinute = Map.groupBy(cells, (cell) => Number(cell('min')));
  for (const [minute, rows] of [...byMinute].sort(([a], [b]) => a - b)) {
    const now = new Map<VitalSign, number>();
    for (const [i, cell] of rows.entries()) {
      for (const sign of VITAL_SIGNS) {
        const text = (COLUMNS[sign.name] ?? []).map(cell).find((one) => one !== '');
        const x = Number(text);
        if (text === undefined || !(x >= sign.bounds.least && x <= sign.bounds.most)) continue;
        const identity = `${sign.name} ${minute} ${i}`;
        const change = { identity, code: sign.code, t: minute * MINUTE, x, quality: 0, source: record } as const;
        memory = taken(memory, { ...change, isWithdrawn: false });
        now.set(sign, x);
      }
    }
    for (const [sign, x] of now) {
      charted.get(sign.code)!.push({ minute, x });
      const { location, spread, disagreement } = featuresOf(memory, sign, about)!;
      made.push({ sign, minute, now: x, features: { location, spread, disagreement } });
    }
  }
  for (const { sign, minute, now, features } of made) {
    const values = charted.get(sign.code)!;
    const later = new Map(
      HORIZON_HOURS.flatMap((hours) => {
        const at = minute + hours * 60;
        const near = values
          .filter((one) => one.minute > minute && Math.abs(one.minute - at) <= TOLERANCE_MINUTES)
          .sort((a, b) => Math.abs(a.minute - at) - Math.abs(b.minute - at))[0];
        return near === undefined ? [] : [[hours, near.x] as const];
      }),
    );
    yield [sign.code, { set: 'cinc2012', record, isHeldApart: true, fold: 0, features, now, later }];
  }
}

type Cell = (column: string) => string;

function table(folder: string, file: string): readonly Cell[] {
  const [head, ...lines] = gunzipSync(readFileSync(join(folder, file)))
    .toString('utf8')
    .trim()
    .split(/\r?\n/);
  const place = new Map(head!.split(',').map((column, i) => [column, i]));
  return lines.map((line) => {
    const fields = line.split(',');
    return (column) => fields[place.get(column) ?? -1] ?? '';
  });
}
