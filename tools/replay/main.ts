import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FORECASTERS } from '#libs/domain/models';
import { DEFAULT_CATALOGUE, PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';
import { printedReport } from './print-report.js';
import { besides } from './read-beside.js';
import { readEvents, readLimits, SettingError } from './read-settings.js';
import { recordingsAt, type BadLine, type RecordingFile } from './recording.js';
import { replayRecording, type ReplayedPatient } from './replay-recording.js';
import { checkScenarios } from './scenario/check-scenarios.js';
import { ScenarioError } from './scenario/scenario.js';
import { detectionsOf, summarise } from './summarise.js';

/**
 * `npm run replay -- --scenarios DIR`: runs the scenarios of a folder (test/scenarios/README.md); 1: one did not end as it should.
 *
 * `npm run replay -- <recording>… [--rules a,b] [--limits FILE] [--shadow FILE | --beside FILE] [--events FILE] [--forecasts all|a,b] [--patient-days] [--out DIR]`: runs
 * recordings through the twin's core without services (docs/replay.md). Exit code 0: all was read; 65: some lines or files were not,
 * the rest was replayed; 64: wrong usage; 66: no recording there.
 */
const USAGE =
  'npm run replay -- <recording>… [--rules a,b] [--limits FILE] [--shadow FILE | --beside FILE] [--events FILE] [--forecasts all|a,b] [--patient-days] [--out DIR]\nnpm run replay -- --scenarios DIR';
const BAD_PRINTED = 20;
const BAD_LISTED = 1000;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rules: { type: 'string' },
        limits: { type: 'string' },
        shadow: { type: 'string' },
        beside: { type: 'string' },
        events: { type: 'string' },
        forecasts: { type: 'string' },
        'patient-days': { type: 'boolean', default: false },
        out: { type: 'string' },
        scenarios: { type: 'string' },
      },
    });
  } catch (error) {
    throw new SettingError(`${error instanceof Error ? error.message : 'wrong option'}\n${USAGE}`);
  }
}

function rulesOf(list: string | undefined): ReadonlySet<string> | undefined {
  if (list === undefined) return undefined;
  const wanted = list.split(',');
  const unknown = wanted.filter((id) => DEFAULT_CATALOGUE.ruleById(id) === undefined);
  if (unknown.length === 0) return new Set(wanted);
  const known = DEFAULT_CATALOGUE.rules.map((rule) => rule.id);
  throw new SettingError(`no such rule: ${unknown.join(', ')}; there are ${known.join(', ')}`);
}

/** The models that are asked for with those whose memory they read, and which of them are reported. */
function forecastersOf(list: string | undefined) {
  if (list === undefined) return undefined;
  const ids = FORECASTERS.map(({ card }) => card.id);
  const models = new Set<string>(list === 'all' ? ids : list.split(','));
  const unknown = [...models].filter((id) => !ids.some((one) => one === id));
  if (unknown.length > 0)
    throw new SettingError(`no such model that forecasts: ${unknown.join(', ')}; there are ${ids.join(', ')}`);
  const asked = FORECASTERS.filter(({ card }) => models.has(card.id));
  const forecasters = FORECASTERS.filter(
    ({ card }) => models.has(card.id) || asked.some(({ memoryOf }) => memoryOf === card.id),
  );
  return { models, forecasters, catalogue: catalogueOf(PACKS, forecasters) };
}

function filesOf(paths: readonly string[]): readonly RecordingFile[] | undefined {
  const found = paths.map((path) => ({ path, files: recordingsAt(path) }));
  const missing = found.filter(({ files }) => files === undefined || files.length === 0);
  for (const { path } of missing) console.error(`${path}: no recording there`);
  return missing.length > 0 ? undefined : found.flatMap(({ files }) => files ?? []);
}

async function main(): Promise<number> {
  const { values: options, positionals } = readArguments();
  if (options.scenarios !== undefined) return checkScenarios(DEFAULT_CATALOGUE, options.scenarios) ? 0 : 1;
  if (positionals.length === 0) throw new SettingError(USAGE);
  const rules = rulesOf(options.rules);
  const forecasting = forecastersOf(options.forecasts);
  const limits = options.limits === undefined ? [] : readLimits(DEFAULT_CATALOGUE, options.limits);
  const shadow = options.shadow === undefined ? undefined : readLimits(DEFAULT_CATALOGUE, options.shadow);
  const { beside } = options;
  if (shadow !== undefined && beside !== undefined) throw new SettingError(`one of --shadow and --beside\n${USAGE}`);
  const events = options.events === undefined ? undefined : readEvents(options.events);
  const files = filesOf(positionals);
  if (files === undefined) return 66;

  const bad = { count: 0, listed: [] as BadLine[] };
  const onBad = (one: BadLine): void => {
    bad.count++;
    if (bad.count <= BAD_PRINTED) console.error(`${one.file}:${one.line}: ${one.code}: ${one.message}`);
    if (bad.listed.length < BAD_LISTED) bad.listed.push(one);
  };
  const began = performance.now();
  const patients: ReplayedPatient[] = [];
  for (const file of files)
    patients.push(
      ...(await replayRecording(file, { catalogue: DEFAULT_CATALOGUE, rules, limits, shadow, forecasting, onBad })),
    );
  const seconds = (performance.now() - began) / 1000;
  if (bad.count > BAD_PRINTED) console.error(`and ${bad.count - BAD_PRINTED} more that could not be read`);

  const compared = beside === undefined ? patients : besides(beside, patients);
  const report = summarise(files.length, compared, events, bad, forecasting?.forecasters);
  process.stdout.write(printedReport(report, options['patient-days']));
  const times = Math.round((report.patientDays * 86_400) / seconds);
  console.log(`\nspeed ${times} × real time, ${Math.round(report.values / seconds)} values/s, ${seconds.toFixed(1)} s`);
  if (options.out !== undefined) {
    mkdirSync(options.out, { recursive: true });
    const lines = detectionsOf(patients).map((detection) => `${JSON.stringify(detection)}\n`);
    writeFileSync(join(options.out, 'detections.ndjson'), lines.join(''));
    writeFileSync(join(options.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  }
  return bad.count > 0 ? 65 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SettingError || error instanceof ScenarioError)) throw error;
  console.error(error.message);
  process.exitCode = 64;
}
