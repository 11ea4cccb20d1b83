import type { SenderRule } from './rule.js';

/** A sender whose clock differs from ours: see `clocks.ts`. */
export const CLOCK_STEP: SenderRule = {
  kind: 'sender',
  id: 'clock-step',
  version: '1.0.0',
  title: 'Clock of a source is wrong',
  category: 'technical',
  severity: 'low',
  inputs: [],
  quality: 'Any value counts, whatever its quality.',
  freshness: 'Judged by the times of receipt.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence:
    'A value more than 10 s after its receipt; or three records within a minute and more before what the source had sent, all late by the same time (within 5 s) over at least 20 s',
  hysteresis: 'Right for 15 min.',
  clears: 'Right times from every source named for 15 min, or nothing from it for a day',
  population: 'Anyone.',
  page: 'docs/clinical/rules/clock-step.md',
  words: 'The clock of a source is wrong; its values are judged by the times of their receipt',
  why: 'The effective times of a source are not possible beside the times at which its values were received.',
};
