import { join } from 'node:path';
import type { UvaPadovaParameters } from '#libs/domain/physiology';
import { numberOf, rowsOf } from './tables.js';

/** A virtual person of `vpatient_params.csv` of simglucose. */
export interface TablePerson {
  readonly name: string;
  readonly parameters: UvaPadovaParameters;
}

// oxfmt-ignore
const COLUMNS = [
  'BW', 'EGPb', 'Gb', 'Ib', 'kabs', 'kmax', 'kmin', 'b', 'd', 'f', 'Vg', 'Vi', 'k1', 'k2', 'Vm0', 'Vmx', 'Km0', 'p2u', 'Fsnc', 'ke1', 'ke2', 'kp1', 'kp2',
  'kp3', 'ki', 'm1', 'm2', 'm4', 'm30', 'ka1', 'ka2', 'kd', 'ksc', 'u2ss',
] as const satisfies readonly (keyof UvaPadovaParameters)[];

/** All people of the folder; throws where a parameter is missing. */
export function peopleOfTable(folder: string): readonly TablePerson[] {
  return rowsOf(join(folder, 'vpatient_params.csv')).map((row) => {
    const entries = COLUMNS.map((column) => {
      const value = numberOf(row, column);
      if (value === null) throw new Error(`vpatient_params.csv has no ${column} of ${row['Name']}`);
      return [column, value] as const;
    });
    return { name: row['Name']!, parameters: Object.fromEntries(entries) as unknown as UvaPadovaParameters };
  });
}
