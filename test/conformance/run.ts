import { FORECAST } from './derived/forecast.js';
import { MEASURED } from './derived/measured.js';
import { HISTORY_AND_PATCH } from './rest/history-and-patch.js';
import { READS_AND_WRITES } from './rest/reads-and-writes.js';
import type { Area, Requirement } from './requirement.js';
import { PARAMETERS } from './search/parameters.js';
import { RANGES } from './search/ranges.js';
import { RESULTS } from './search/results.js';
import { DECLARED } from './search/declared.js';
import { Server, type ServerOptions } from './server.js';
import { BACKEND_SERVICES } from './smart/backend-services.js';
import { ATOMIC } from './transactions/atomic.js';
import { CONDITIONAL } from './transactions/conditional.js';
import { BUNDLE_READS } from './transactions/reads.js';
import { SHAPES } from './validation/shapes.js';
import { VERDICTS } from './validation/verdicts.js';

export const ALL: readonly Requirement[] = [
  ...ATOMIC,
  ...CONDITIONAL,
  ...BUNDLE_READS,
  ...READS_AND_WRITES,
  ...HISTORY_AND_PATCH,
  ...PARAMETERS,
  ...RANGES,
  ...RESULTS,
  ...DECLARED,
  ...VERDICTS,
  ...SHAPES,
  ...BACKEND_SERVICES,
  // Before Observations are stored that are forecast from anew.
  ...FORECAST,
  ...MEASURED,
];

export interface Result {
  readonly requirement: Requirement;
  readonly outcome: 'met' | 'not met' | 'not run';
  readonly why?: string;
}

/** Tries each requirement on a server, one after another. */
export async function run(
  options: ServerOptions,
  chosen: { readonly areas?: readonly Area[]; readonly ids?: readonly string[] } = {},
): Promise<readonly Result[]> {
  const server = new Server(options);
  const results: Result[] = [];
  for (const requirement of ALL) {
    if (chosen.areas !== undefined && !chosen.areas.includes(requirement.area)) continue;
    if (chosen.ids !== undefined && !chosen.ids.includes(requirement.id)) continue;
    results.push(await tried(requirement, server));
  }
  await server.close();
  return results;
}

async function tried(requirement: Requirement, server: Server): Promise<Result> {
  if (requirement.needs === 'smart-client' && server.options.smartClient === undefined)
    return { requirement, outcome: 'not run', why: 'no registered client with a key was given' };
  if (requirement.needs === 'monitored' && server.options.monitored === undefined)
    return { requirement, outcome: 'not run', why: 'no patient with measurements of devices was given' };
  try {
    await requirement.check(server);
    return { requirement, outcome: 'met' };
  } catch (error) {
    return { requirement, outcome: 'not met', why: error instanceof Error ? error.message : String(error) };
  }
}

/** A line for each requirement, and the numbers by area. */
export function table(results: readonly Result[]): string {
  const lines = results.map(({ requirement, outcome, why }) => {
    const first = (why ?? '').split('\n')[0]?.slice(0, 160);
    return `${requirement.id.padEnd(9)} ${outcome.padEnd(8)} ${requirement.title}${first === '' ? '' : `\n${' '.repeat(19)}${first}`}`;
  });
  const areas = [...new Set(results.map(({ requirement }) => requirement.area))];
  const sums = areas.map((area) => {
    const of = results.filter(({ requirement }) => requirement.area === area);
    const count = (outcome: Result['outcome']): number => of.filter((one) => one.outcome === outcome).length;
    return `${area}: ${count('met')} met, ${count('not met')} not met, ${count('not run')} not run`;
  });
  return [...lines, '', ...sums].join('\n');
}
