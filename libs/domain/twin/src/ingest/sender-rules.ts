import type { SenderRule } from '../rules/rule.js';

/** Values that look as if they were of another unit than they say: see `unit-doubt.ts` of the signal checks. */
export const UNIT_DOUBTFUL: SenderRule = {
  kind: 'sender',
  id: 'unit-doubtful',
  version: '1.0.0',
  title: 'Unit of a source is doubtful',
  category: 'technical',
  severity: 'low',
  inputs: ['glucose', 'systolic-pressure', 'diastolic-pressure', 'mean-pressure', 'body-weight'],
  quality: 'Values that are not bad.',
  freshness: 'Compared with the last believed value: of a day, for body weight of any age.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence:
    'A value far from the last believed one that, taken for another common unit, is near it (glucose and pressure within half as much again, weight within 15 %)',
  hysteresis: 'No such value for 15 min.',
  clears:
    'Values that are near the believed ones again, that another source confirms, or that move as no value of the other unit can',
  population: 'Anyone.',
  page: 'docs/clinical/rules/unit-doubtful.md',
  words: 'Values look as if they were of another unit than they say, and count as doubtful',
  why: 'A value is far from the one before, and near it if its unit is another than it says.',
};

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

/** Homeostat itself did not run, or could not take in data: see `outages.ts`. Of the tenant as a whole, not of a patient. */
export const SYSTEM_OUTAGE: SenderRule = {
  kind: 'sender',
  id: 'system-outage',
  version: '1.0.0',
  title: 'Monitoring was interrupted',
  category: 'technical',
  severity: 'medium',
  inputs: [],
  quality: 'Reads no values.',
  freshness: 'Judged by the heartbeats of the processes.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence: 'A process that takes in or judges data was not heard for more than 10 s',
  hysteresis: 'None.',
  clears: 'All processes run again',
  population: 'Every patient of the tenant.',
  page: 'docs/clinical/rules/system-outage.md',
  words: 'No patient was monitored, because of an outage of the system and not of devices',
  why: 'A process that takes in or judges data was not heard for more than 10 s.',
};

/** The stored twin of a patient cannot be read, so nothing is judged: see `unreadable-twin.ts`. */
export const TWIN_UNREADABLE: SenderRule = {
  kind: 'sender',
  id: 'twin-unreadable',
  version: '1.0.0',
  title: 'Patient is not monitored: the stored twin cannot be read',
  category: 'technical',
  severity: 'medium',
  inputs: [],
  quality: 'Reads no values.',
  freshness: 'Judged when a record of the patient is to be applied.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence:
    'The state that was stored of the patient is damaged, of another twin, or of a version that this software does not read',
  hysteresis: 'None.',
  clears: 'An operator rebuilds the twin (npm run rebuild), or software that can read it runs',
  population: 'Anyone.',
  page: 'docs/clinical/rules/twin-unreadable.md',
  words: 'Not monitored: records are kept and will be judged later, because the stored twin cannot be read',
  why: 'What was stored of the patient cannot be read, and a guess could judge wrongly without a sign.',
};
