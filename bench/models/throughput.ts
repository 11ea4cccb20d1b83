import type { PatientInput, WireSample } from '#libs/contracts';
import { FORECASTERS } from '#libs/domain/models';
import { PACKS } from '#libs/domain/packs';
import { catalogueOf, type Catalogue } from '#libs/domain/twin';
import { startOwnServices } from '../../test/support/services.js';
import { AppliedRecords, type Took } from './applied.js';

const T0 = Date.UTC(2026, 2, 1);
const PATIENTS = 200;
/** Catalogue numbers and levels of the measures that `npm run bench` sends. */
const MEASURES = [
  [1, 72],
  [3, 97],
  [4, 15],
  [8, 36.8],
  [5, 121],
  [6, 78],
  [9, 112],
] as const;

interface Load {
  readonly name: string;
  readonly samples: number;
  readonly records: number;
  readonly perTransaction: number;
}

/** As `npm run bench` sends them, a hundred seconds a record; and a round of charting, one value of each measure a record. */
const LOADS: readonly Load[] = [
  { name: 'records of 100 samples', samples: 100, records: 3_000, perTransaction: 100 },
  { name: 'records of 7 samples', samples: 7, records: 12_000, perTransaction: 300 },
  { name: 'records of 1 sample', samples: 1, records: 24_000, perTransaction: 600 },
];

function recordsOf({ samples, records }: Load): readonly PatientInput[] {
  return Array.from({ length: records }, (_, i): PatientInput => {
    const patient = `p${i % PATIENTS}`;
    const first = Math.floor(i / PATIENTS) * samples;
    const head = { v: 1, tenant: 1, patient, source: 'bench', device: '' } as const;
    const sent = Array.from({ length: samples }, (__, k): WireSample => {
      const [c, level] = MEASURES[(first + k) % MEASURES.length]!;
      const t = T0 + (first + k) * 1000;
      return { c, t, x: Math.round((level + Math.sin((first + k) / 7)) * 10) / 10 };
    });
    return { ...head, kind: 'samples', receivedAt: sent.at(-1)!.t + 1000, samples: sent };
  });
}

/** How much of the engine's throughput models take: the same records with and without them, in turns, on one database server. */
export async function throughput(rounds: number): Promise<void> {
  const services = await startOwnServices(['postgres']);
  const variants: Readonly<Record<string, Catalogue>> = {
    without: catalogueOf(PACKS),
    with: catalogueOf(PACKS, FORECASTERS),
  };
  try {
    for (const load of LOADS) {
      const records = recordsOf(load);
      const took: Record<string, Took[]> = { without: [], with: [] };
      let forecasts = 0;
      // The first round compiles and warms up.
      for (let round = -1; round < rounds; round++)
        for (const [name, catalogue] of Object.entries(variants)) {
          const applied = await AppliedRecords.open(
            services.postgres,
            `bench_${name}_${round + 1}_${load.samples}`,
            catalogue,
          );
          try {
            const one = await applied.apply(
              round < 0 ? records.slice(0, records.length / 4) : records,
              load.perTransaction,
            );
            if (round >= 0) took[name]!.push(one);
            const { rows } = await applied.pool.query<{ n: number }>('SELECT count(content)::int AS n FROM forecasts');
            forecasts = rows[0]!.n;
          } finally {
            await applied.close();
          }
        }
      console.log(lineOf(load, took['without']!, took['with']!, forecasts));
    }
  } finally {
    await services.stop();
  }
}

function lineOf(
  { name, samples, records }: Load,
  without: readonly Took[],
  within: readonly Took[],
  forecasts: number,
): string {
  const mean = (all: readonly Took[], of: (one: Took) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const change = (of: (one: Took) => number): string =>
    `${(100 * (mean(within, of) / mean(without, of) - 1)).toFixed(0)} %`;
  const perSecond = (all: readonly Took[]): string => ((records * samples) / mean(all, ({ wall }) => wall)).toFixed(0);
  const lost = 100 * (1 - mean(without, ({ wall }) => wall) / mean(within, ({ wall }) => wall));
  return [
    `${name}, ${forecasts} forecasts of ${records} records: ${perSecond(without)} samples/s without models, ${perSecond(within)} with (−${lost.toFixed(1)} %)`,
    `CPU of the engine +${change(({ engine }) => engine)}, of the database +${change(({ database }) => database)}, of both +${change(({ engine, database }) => engine + database)}`,
    `runs ${without.map(({ wall }) => wall.toFixed(2)).join(' ')} and ${within.map(({ wall }) => wall.toFixed(2)).join(' ')} s`,
  ].join('; ');
}
