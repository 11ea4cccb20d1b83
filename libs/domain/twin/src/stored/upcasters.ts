import type { TwinState } from '../state/state.js';
import { withoutAhead } from './ahead.js';
import { withToldMarks } from './told-marks.js';

/** A whole stored twin of some version; its shape was checked against what all these versions have in common. */
export type OldTwin = Omit<TwinState, 'v'> & { readonly v: number };

/**
 * Pure steps from version n to n + 1, by n. Versions without one are read no more: their twins are made anew from the tables
 * (`npm run rebuild`). There is none from 1, because several shapes were written under that number before versions were kept.
 */
export const UPCASTERS: Readonly<Record<number, (twin: OldTwin) => OldTwin>> = {
  2: (twin) => ({ ...withToldMarks(withoutAhead(twin)), v: 3 }),
};
