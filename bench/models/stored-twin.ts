import type { PatientInput, WireSample } from '#libs/contracts';
import { FORECASTERS } from '#libs/domain/models';
import { PACKS } from '#libs/domain/packs';
import { apply, catalogueOf, createMemory, initialTwin, writeTwin, type Catalogue } from '#libs/domain/twin';

const T0 = Date.UTC(2026, 2, 1);
const MINUTE = 60_000;
const EVERY = 30 * MINUTE;
const ROUNDS = 48;
const WRITES = 500;
/** Catalogue numbers and levels of a round of charting. */
const MEASURES = [
  [1, 72],
  [3, 97],
  [4, 15],
  [8, 36.8],
  [5, 121],
  [6, 78],
  [7, 92],
  [9, 112],
] as const;

function roundOf(n: number): PatientInput {
  const t = T0 + n * EVERY;
  const samples = MEASURES.map(([c, level]): WireSample => ({
    c,
    t,
    x: Math.round(10 * level * (1 + 0.03 * Math.sin(n + c))) / 10,
  }));
  const head = { v: 1, tenant: 1, patient: 'p', receivedAt: t + 1000, source: 'bench', device: '' } as const;
  return { ...head, kind: 'samples', samples };
}

/** A person charted each half hour for a day: how large the twin is that each transaction writes whole, which parts are, and what writing it costs. */
export function storedTwin(): readonly string[] {
  const without = linesOf('without models', catalogueOf(PACKS));
  return [...without, ...linesOf('with models', catalogueOf(PACKS, FORECASTERS))];
}

function linesOf(title: string, catalogue: Catalogue): readonly string[] {
  let state = initialTwin(catalogue, 1, 'p');
  const memory = createMemory();
  for (let n = 0; n < ROUNDS; n++) {
    const outcome = apply(catalogue, state, roundOf(n), memory);
    if (outcome.kind === 'needs') throw new Error('records in order need nothing');
    state = outcome.state;
    memory.remember(outcome);
  }
  for (let i = 0; i < WRITES; i++) writeTwin(catalogue, state);
  const began = process.cpuUsage();
  for (let i = 0; i < WRITES; i++) writeTwin(catalogue, state);
  const { user, system } = process.cpuUsage(began);
  const stored = JSON.parse(writeTwin(catalogue, state)) as Readonly<Record<string, unknown>>;
  const parts = Object.entries(stored)
    .map(([name, part]) => ({ name, characters: JSON.stringify(part).length }))
    .toSorted((a, b) => b.characters - a.characters)
    .slice(0, 4);
  return [
    `${title} ${JSON.stringify(stored).length} characters, written in ${((user + system) / WRITES).toFixed(0)} µs of CPU; largest parts: ${parts.map(({ name, characters }) => `${name} ${characters}`).join(', ')}`,
  ];
}
