import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UvaPadovaParameters } from '#libs/domain/physiology';

/** A virtual person of `vpatient_params.csv` of simglucose. */
export interface TablePerson {
  readonly name: string;
  readonly parameters: UvaPadovaParameters;
}

const COLUMNS = [
  'BW',
  'EGPb',
  'Gb',
  'Ib',
  'kabs',
  'kmax',
  'kmin',
  'b',
  'd',
  'f',
  'Vg',
  'Vi',
  'k1',
  'k2',
  'Vm0',
  'Vmx',
  'Km0',
  'p2u',
  'Fsnc',
  'ke1',
  'ke2',
  'kp1',
  'kp2',
  'kp3',
  'ki',
  'm1',
  'm2',
  'm4',
  'm30',
  'ka1',
  'ka2',
  'kd',
  'ksc',
  'u2ss',
] as const satisfies readonly (keyof UvaPadovaParameters)[];

/** All people of the folder; throws where a column is missing. */
export function peopleOfTable(folder: string): readonly TablePerson[] {
  const [head = '', ...lines] = readFileSync(join(folder, 'vpatient_params.csv'), 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  const at = new Map(COLUMNS.map((column) => [column, names.indexOf(column)]));
  for (const [column, index] of at) if (index < 0) throw new Error(`vpatient_params.csv has no column ${column}`);
  return lines.map((line) => {
    const cells = line.split(',');
    const entries = COLUMNS.map((column) => [column, Number(cells[at.get(column)!])]);
    return { name: cells[0]!, parameters: Object.fromEntries(entries) as unknown as UvaPadovaParameters };
  });
}
