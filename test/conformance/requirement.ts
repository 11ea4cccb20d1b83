import type { Server } from './server.js';

export type Area = 'transactions' | 'rest' | 'search' | 'validation' | 'smart' | 'derived';

/** One thing that a FHIR R4 server must do, tried over HTTP alone. */
export interface Requirement {
  /** `TX-07`: letters of the area and a number, stable over time. */
  readonly id: string;
  readonly area: Area;
  /** Where the standard says so. */
  readonly source: string;
  readonly title: string;
  /** What the runner must have been given for it; else it is not run, and says so. */
  readonly needs?: 'smart-client' | 'monitored';
  /** Throws where the server does otherwise. */
  readonly check: (server: Server) => Promise<void>;
}

/** Requirements of one area: `id` is given without the letters. */
export function requirements(
  area: Area,
  letters: string,
  list: readonly (Omit<Requirement, 'id' | 'area'> & { readonly id: number })[],
): readonly Requirement[] {
  return list.map((one) => ({ ...one, area, id: `${letters}-${String(one.id).padStart(2, '0')}` }));
}
