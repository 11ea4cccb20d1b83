import { parseArgs } from 'node:util';
import type { PatientInput, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { apply, createMemory, initialTwin, writeTwin, type TwinState } from '#libs/domain/twin';
import { machine } from './machine.js';

/**
 * `npm run bench:core`: how fast the pure core applies vital signs and ECG in one thread, without services. Prints machine, load,
 * and the time of a floor measured in the same run (parsing the same records), so that machines can be compared.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '120' },
    ecg: { type: 'string', default: '30' },
  },
});

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 2, 1);

/** A small generator of repeatable noise in -1 to 1 (Lehmer). */
function noise(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 48_271) % 2_147_483_647;
    return (x / 2_147_483_647) * 2 - 1;
  };
}

/** A monitored patient's minute: heart rate, saturation and respiration each 6 s, glucose, pressures and temperature each 5 min. */
function minute(patient: string, index: number, wobble: () => number): PatientInput {
  const start = T0 + index * MINUTE;
  const samples: WireSample[] = [];
  for (let t = start; t < start + MINUTE; t += 6000) {
    samples.push({ c: 1, t, x: Math.round(78 + 8 * wobble()) });
    samples.push({ c: 3, t, x: Math.round(97 + 2 * wobble()) });
    samples.push({ c: 4, t, x: Math.round(16 + 3 * wobble()) });
  }
  if (index % 5 === 0) {
    samples.push({ c: 9, t: start, x: Math.round(120 + 40 * Math.sin(index / 40) + 5 * wobble()) });
    samples.push({ c: 5, t: start, x: Math.round(122 + 8 * wobble()) });
    samples.push({ c: 8, t: start, x: Math.round((36.8 + 0.3 * wobble()) * 10) / 10 });
  }
  const receivedAt = start + MINUTE;
  return { v: 1, kind: 'samples', tenant: 1, patient, receivedAt, source: 'monitor', device: 'm1', samples };
}

const ECG_HZ = 250;

/** A minute of one ECG channel as a monitor sends it, a second at a time: P, QRS and T as bells, at about 75/min, with noise. mV. */
function ecgMinute(patient: string, index: number, wobble: () => number): PatientInput {
  const start = T0 + index * MINUTE;
  const bells = [
    [0.16, 0.12, 0.02],
    [0.32, -0.1, 0.008],
    [0.35, 1.1, 0.01],
    [0.38, -0.2, 0.009],
    [0.62, 0.3, 0.05],
  ] as const;
  const samples: WireSample[] = [];
  for (let second = 0; second < 60; second++) {
    const s = Array.from({ length: ECG_HZ }, (_, i) => {
      const phase = (index * 60 + second + i / ECG_HZ) % 0.8;
      const wave = bells.reduce(
        (sum, [at, height, width]) => sum + height * Math.exp(-0.5 * ((phase - at) / width) ** 2),
        0,
      );
      return Math.round((wave + 0.02 * wobble()) * 1000) / 1000;
    });
    samples.push({ c: 12, t: start + second * 1000, s, p: 1000 / ECG_HZ, h: 'II' });
  }
  return {
    v: 1,
    kind: 'samples',
    tenant: 1,
    patient,
    receivedAt: start + MINUTE,
    source: 'monitor',
    device: 'm1',
    samples,
  };
}

interface Load {
  readonly records: readonly PatientInput[];
  readonly values: number;
}

function vitals(patients: number, minutes: number): Load {
  const records: PatientInput[] = [];
  let values = 0;
  for (let p = 0; p < patients; p++) {
    const wobble = noise(p + 1);
    for (let m = 0; m < minutes; m++) {
      const record = minute(`p${p}`, m, wobble);
      if (record.kind === 'samples') values += record.samples.length;
      records.push(record);
    }
  }
  return { records, values };
}

/** Applies all records, patient by patient; answers CPU seconds and the largest state in characters. */
function run(records: readonly PatientInput[]): { readonly seconds: number; readonly stateCharacters: number } {
  const states = new Map<string, { state: TwinState; memory: ReturnType<typeof createMemory> }>();
  const began = process.cpuUsage();
  for (const record of records) {
    let twin = states.get(record.patient);
    if (twin === undefined) {
      twin = { state: initialTwin(DEFAULT_CATALOGUE, record.tenant, record.patient), memory: createMemory() };
      states.set(record.patient, twin);
    }
    const outcome = apply(DEFAULT_CATALOGUE, twin.state, record, twin.memory);
    if (outcome.kind === 'needs') throw new Error('records in order need nothing');
    twin.state = outcome.state;
  }
  const seconds = cpuSeconds(began);
  const stateCharacters = Math.max(
    ...[...states.values()].map(({ state }) => writeTwin(DEFAULT_CATALOGUE, state).length),
  );
  return { seconds, stateCharacters };
}

/** CPU seconds to parse the same records from JSON: a floor that any engine pays. */
function floor(records: readonly PatientInput[]): number {
  const texts = records.map((record) => JSON.stringify(record));
  const began = process.cpuUsage();
  let seen = 0;
  for (const text of texts) seen += (JSON.parse(text) as PatientInput).receivedAt;
  if (!Number.isFinite(seen)) throw new Error('unreachable');
  return cpuSeconds(began);
}

/** CPU and not the clock: other work on the machine disturbs it less. Garbage collection on other threads counts. */
function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function main(): void {
  console.log(machine());
  const { records, values } = vitals(Number(options.patients), Number(options.minutes));
  run(records.slice(0, records.length / 10));
  const { seconds, stateCharacters } = run(records);
  print('vitals_per_second', values / seconds, `${values} values, ${options.patients} patients, one thread`);
  print('vitals_ratio_to_parsing', floor(records) / seconds, 'speed against parsing the same records from JSON');
  print('state_characters', stateCharacters, 'largest twin as JSON');
  const wobble = noise(7);
  const ecg = Array.from({ length: Number(options.ecg) }, (_, i) => ecgMinute('e1', i, wobble));
  run(ecg.slice(0, 3));
  print(
    'ecg_times_real_time',
    (ecg.length * 60) / run(ecg).seconds,
    `${options.ecg} min of one channel, 250 Hz, one thread`,
  );
}

function print(name: string, value: number, note: string): void {
  console.log(`${name.padEnd(32)} ${value.toFixed(value < 10 ? 3 : 0).padStart(10)}  ${note}`);
}

main();
