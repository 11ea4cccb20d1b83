import type { PatientInput, WireSample } from '#libs/contracts';
import { seeded, type Forecaster, type ModelForecast } from '#libs/domain/forecasting';
import {
  blockOf,
  ledgerForecastOf,
  packBlock,
  packForecast,
  packTally,
  tallyOf,
  unpackForecast,
  type ScoredForecast,
} from '#libs/domain/ledger';
import { FORECASTERS } from '#libs/domain/models';
import { PACKS } from '#libs/domain/packs';
import { apply, catalogueOf, createMemory, initialTwin, writeTwin, type Catalogue } from '#libs/domain/twin';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 2, 1);
const RECORDS = 2_000;

interface Run {
  readonly microseconds: number;
  readonly characters: number;
  readonly forecasts: readonly ModelForecast[];
}

/** What a forecaster adds to the core for each record that it forecasts from, and to the stored twin. */
function inTheStream(forecaster: Forecaster): readonly string[] {
  const records = recordsFor(forecaster);
  const [none, own] = [catalogueOf(PACKS), catalogueOf(PACKS, [forecaster])];
  run(none, records);
  run(own, records);
  const without = run(none, records);
  const within = run(own, records);
  const { id } = forecaster.card;
  const n = within.forecasts.length;
  const added = ((within.microseconds - without.microseconds) * RECORDS) / n;
  return [
    `${id}: ${added.toFixed(0)} µs of CPU a forecast in the core (${n} of ${RECORDS} records; a record without models ${without.microseconds.toFixed(0)} µs)`,
    `${id}: its memory adds ${within.characters - without.characters} characters to a stored twin of ${without.characters}`,
    ...inTheLedger(forecaster, within.forecasts),
  ];
}

function inTheLedger({ card, outputs }: Forecaster, forecasts: readonly ModelForecast[]): readonly string[] {
  const output = outputs[0]!;
  const began = process.cpuUsage();
  const stored = forecasts.map((said) => {
    const content = packForecast(ledgerForecastOf(said, card.version, 'active'));
    return { content, forecast: unpackForecast(content, said.issuedAt) };
  });
  const packed = cpuMicroseconds(began) / forecasts.length;
  const scoring = process.cpuUsage();
  let bytes = 0;
  let blocks = 0;
  for (const [block, own] of Map.groupBy(stored, ({ forecast }) => blockOf(forecast.issuedAt, output))) {
    const scored = own.map(({ forecast }, version): ScoredForecast => {
      const truths = forecast.points.map(({ minutes, mean }) => ({
        t: forecast.issuedAt + minutes * MINUTE + 17_000,
        x: mean + 9,
        version: 1,
      }));
      return { version: 10_000 + version, recordedAt: forecast.issuedAt + 2_345, forecast, truths };
    });
    bytes += packBlock(block, scored).length + packTally(tallyOf(scored)).length;
    blocks++;
  }
  const scored = cpuMicroseconds(scoring) / forecasts.length;
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const words = mean(forecasts.map(({ explanation }) => explanation.length));
  return [
    `${card.id}: stored ${mean(stored.map(({ content }) => content.length)).toFixed(0)} bytes and ${words.toFixed(0)} of words until it is settled; packed in ${packed.toFixed(0)} µs of CPU`,
    `${card.id}: settled ${(bytes / forecasts.length).toFixed(0)} bytes a forecast with its scores, ${(forecasts.length / blocks).toFixed(0)} a row; scored and settled in ${scored.toFixed(0)} µs of CPU, without the database`,
  ];
}

function run(catalogue: Catalogue, records: readonly PatientInput[]): Run {
  let state = initialTwin(catalogue, 1, 'p');
  const memory = createMemory();
  const forecasts: ModelForecast[] = [];
  const began = process.cpuUsage();
  for (const record of records) {
    const outcome = apply(catalogue, state, record, memory);
    if (outcome.kind === 'needs') throw new Error('records in order need nothing');
    state = outcome.state;
    for (const said of outcome.forecasts) if (said.kind === 'forecast') forecasts.push(said);
  }
  return {
    microseconds: cpuMicroseconds(began) / records.length,
    characters: writeTwin(catalogue, state).length,
    forecasts,
  };
}

/** One value of the first measure it forecasts in each record, as far apart as its shortest horizon allows three of. */
function recordsFor({ outputs }: Forecaster): readonly PatientInput[] {
  const { code, minutes } = outputs[0]!;
  const every = (minutes[0]! / 3) * MINUTE;
  const random = seeded(1);
  const level = code === 9 ? 140 : 80;
  return Array.from({ length: RECORDS }, (_, i): PatientInput => {
    const t = T0 + i * every;
    const x = Math.round(level + (level / 5) * Math.sin(i / 20) + 2 * random.normal());
    const sample: WireSample = { c: code, t, x };
    const head = { v: 1, tenant: 1, patient: 'p', receivedAt: t + 1000, source: 'bench', device: '' } as const;
    return { ...head, kind: 'samples', samples: [sample] };
  });
}

function cpuMicroseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

/** A section for each model of the registry. */
export function streaming(): readonly string[] {
  return FORECASTERS.filter(({ memoryOf }) => memoryOf === undefined).flatMap(inTheStream);
}
