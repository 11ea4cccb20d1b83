import type { SenderRule } from '../rules/rule.js';

/** Values that suggest a different unit from the one stated: see `unit-doubt.ts` of the signal checks. */
export const UNIT_DOUBTFUL: SenderRule = {
  kind: 'sender',
  id: 'unit-doubtful',
  version: '1.0.0',
  title: 'Unit of a source doubtful',
  category: 'technical',
  severity: 'low',
  inputs: ['glucose', 'systolic-pressure', 'diastolic-pressure', 'mean-pressure', 'body-weight'],
  quality: 'Values that are not bad.',
  freshness: 'Compared with the last accepted value: at most a day old; for body weight, of any age.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence:
    'A value far from the last accepted one, but close to it if converted from another common unit (glucose and pressure within a factor of 1.5, weight within 15 %)',
  hysteresis: 'No such value for 15 min.',
  clears:
    'Values close to the accepted ones again, confirmed by another source, or changing in a way that rules out the other unit',
  population: 'Anyone.',
  page: 'docs/clinical/rules/unit-doubtful.md',
  words: 'Values suggest a different unit from the one stated; treated as doubtful',
  why: 'A value is far from the previous one, but close to it if converted from another common unit.',
};

/** A sender whose clock differs from that of this system: see `clocks.ts`. */
export const CLOCK_STEP: SenderRule = {
  kind: 'sender',
  id: 'clock-step',
  version: '1.0.0',
  title: 'Clock of a source is wrong',
  category: 'technical',
  severity: 'low',
  inputs: [],
  quality: 'Any value counts, whatever its quality.',
  freshness: 'Evaluated by time of receipt.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence:
    'A value time-stamped more than 10 s after its receipt; or three records within a minute whose times jump back, all by the same delay (within 5 s) over at least 20 s',
  hysteresis: 'Correct times for 15 min.',
  clears: 'Correct times from every named source for 15 min, or no data from it for a day',
  population: 'Anyone.',
  page: 'docs/clinical/rules/clock-step.md',
  words: 'Clock of a source is wrong; its values are evaluated by time of receipt',
  why: 'The effective times of a source are inconsistent with the times at which its values were received.',
};

/** Homeostat itself did not run or could not receive data: see `outages.ts`. Per tenant, not per patient. */
export const SYSTEM_OUTAGE: SenderRule = {
  kind: 'sender',
  id: 'system-outage',
  version: '1.0.0',
  title: 'Monitoring was interrupted',
  category: 'technical',
  severity: 'medium',
  inputs: [],
  quality: 'Reads no values.',
  freshness: 'Evaluated from the heartbeats of the processes.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence: 'A process that receives or evaluates data sent no heartbeat for more than 10 s',
  hysteresis: 'None.',
  clears: 'All processes are running again',
  population: 'Every patient of the tenant.',
  page: 'docs/clinical/rules/system-outage.md',
  words: 'No patient was monitored: outage of this system, not of devices',
  why: 'A process that receives or evaluates data sent no heartbeat for more than 10 s.',
};

/** The stored twin of a patient cannot be read, so nothing is evaluated: see `unreadable-twin.ts`. */
export const TWIN_UNREADABLE: SenderRule = {
  kind: 'sender',
  id: 'twin-unreadable',
  version: '1.0.0',
  title: 'Patient is not monitored: the stored twin cannot be read',
  category: 'technical',
  severity: 'medium',
  inputs: [],
  quality: 'Reads no values.',
  freshness: 'Evaluated when a record of the patient is to be applied.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [],
  persistence: 'The stored state of the patient is damaged, belongs to another twin, or has an unsupported version',
  hysteresis: 'None.',
  clears: 'An operator rebuilds the twin (npm run rebuild), or software that can read it runs',
  population: 'Anyone.',
  page: 'docs/clinical/rules/twin-unreadable.md',
  words: 'Not monitored: the stored twin cannot be read. Records are kept and will be evaluated later',
  why: 'The stored state of the patient cannot be read, and evaluating without it could miss alerts unnoticed.',
};
