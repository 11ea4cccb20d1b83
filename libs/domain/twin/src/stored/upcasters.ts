import { withoutAhead } from './version-2/ahead.js';
import type { Catalogue } from '../rules/catalogue.js';
import { withEmittedMarks } from './version-2/emitted-marks.js';
import type { OldTwin } from './old-twin.js';

/**
 * Pure steps from version n to n + 1, by n. Versions without one are read no more: their twins are made anew from the tables
 * (`npm run rebuild`). There is none from 1, because several shapes were written under that number before versions were kept.
 */
export const UPCASTERS: Readonly<Record<number, (twin: OldTwin, catalogue: Catalogue) => OldTwin>> = {
  2: (twin, catalogue) => ({ ...withEmittedMarks(withoutAhead(catalogue, twin)), v: 3 }),
};
