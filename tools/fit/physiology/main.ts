import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { peopleOfTable } from '../../validate/sets/simglucose/people.js';
import { populationOf } from '../../validate/sets/simglucose/population.js';

/**
 * `node dist/tools/fit/physiology/main.js [--data ../shared/data]`: writes the distribution of the public virtual people of simglucose (MIT), the prior of
 * `personal-glucose`, to `libs/domain/physiology/src/personal/fit/public-population.ts`. No row of a person is kept, only means and covariances.
 */
const TARGET = 'libs/domain/physiology/src/personal/fit/public-population.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });
const people = peopleOfTable(`${options.data}/simglucose`);
const { mean, covariance } = populationOf(people);
const rounded = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(8))).join(', ');
writeFileSync(
  TARGET,
  `import type { Population } from './population.js';

/** ${people.length} virtual people of simglucose (MIT): log weight, log basal insulin, coordinates. Written by tools/fit/physiology/main.ts. */
// oxfmt-ignore
export const PUBLIC_POPULATION: Population = {
  people: [${people.map(({ name }) => `'${name}'`).join(', ')}],
  mean: [${rounded(mean)}],
  covariance: [${rounded(covariance)}],
};
`,
);
