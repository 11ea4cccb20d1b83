import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { peopleOfTable } from './people-of-table.js';
import { populationOf } from './population.js';

/**
 * `node dist/tools/fit/physiology/main.js [--data ../shared/data]`: writes the distribution of the public virtual people of simglucose (MIT), the prior of
 * `personal-glucose`, to `libs/domain/physiology/src/personal/fit/public-population.ts`. No row of a person is kept, only means and covariances.
 */
const TARGET = 'libs/domain/physiology/src/personal/fit/public-population.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });
const people = peopleOfTable(`${options.data}/simglucose`);
const { mean, covariance } = populationOf(people.map(({ parameters }) => parameters));
const rounded = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(8))).join(', ');
writeFileSync(
  TARGET,
  `import type { Population } from './population.js';

/** ${people.length} virtual people of simglucose (MIT): log weight, log basal insulin, coordinates. Written by tools/fit/physiology/main.ts. */
// prettier-ignore
export const PUBLIC_POPULATION: Population = {
  mean: [${rounded(mean)}],
  covariance: [${rounded(covariance)}],
};
`,
);
