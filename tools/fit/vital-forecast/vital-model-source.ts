import type { VitalModel } from '#libs/domain/vital-forecast';

/** The model as a source file, one line an array. */
export function modelSource(model: VitalModel, sets: readonly string[], records: number): string {
  const list = (values: readonly number[]): string => `[${values.join(',')}]`;
  const signs = Object.entries(model.signs).map(([code, { tablesAt, horizons }]) => {
    const parts = horizons.map(
      ({ minutes, location, spread, tables }) =>
        `      { minutes: ${minutes},\n        location: ${list(location)},\n        spread: ${list(spread)},\n        tables: [\n${tables.map((table) => `          ${list(table)},\n`).join('')}        ] },\n`,
    );
    return `    ${code}: { tablesAt: ${list(tablesAt)}, horizons: [\n${parts.join('')}    ] },\n`;
  });
  return `/**
 * Weights of the vital-sign forecast. Written by tools/fit/vital-forecast on ${records} stays of ${sets.join(' and ')} (PhysioNet/CinC Challenge 2019, CC BY 4.0; Reyna
 * et al., Crit Care Med 2020;48:210): four in five, whole stays; figures on the fifth: docs/clinical/validation.md.
 */
import type { VitalModel } from './vital-model.js';

// oxfmt-ignore
export const VITAL_MODEL: VitalModel = {
  levels: ${list(model.levels)},
  signs: {
${signs.join('')}  },
};
`;
}
