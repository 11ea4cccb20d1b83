import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { ActRecord } from '#libs/contracts';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { draftWith } from '../fixtures/draft.fixture.js';
import type { MonitoringState, TwinState } from '../state/state.js';
import { merge } from '../state/changes.js';
import { endMonitoringOff, monitoringOf, offReasonOf, setMonitoring } from './monitoring.js';

const RULE = 'glucose-low';
const SET = { state: 'off', since: T0, reason: 'bath', author: 'dr-a' } as const;
const ON = { ...SET, state: 'on' } as const;
const DEAD: TwinState['facts'] = { 'Patient/p1': { kind: 'demographics', version: 1, content: { deceased: true } } };
const iso = (ms: number) => new Date(ms).toISOString();

const reason = (monitoring?: MonitoringState, facts: TwinState['facts'] = {}, now = T0 + HOUR) =>
  offReasonOf({ monitoring, facts }, RULE, now);
const view = (monitoring?: MonitoringState, facts: TwinState['facts'] = {}, now = T0 + HOUR) =>
  monitoringOf({ monitoring, facts }, now);

describe('monitoring', () => {
  it('is on where nothing was set', () => {
    expect([reason(), view()]).toEqual([null, { state: 'on' }]);
    expect([reason({}), view({})]).toEqual([null, { state: 'on' }]);
  });

  it('shows who switched it off, since when, why and for which rules', () => {
    const set = { ...SET, rules: [RULE], onBehalfOf: 'Practitioner/17', until: T0 + 2 * HOUR };
    expect(view({ set })).toEqual({
      state: 'off',
      cause: 'set',
      rules: [RULE],
      reason: 'bath',
      author: 'dr-a',
      onBehalfOf: 'Practitioner/17',
      since: iso(T0),
      until: iso(T0 + 2 * HOUR),
    });
    expect(view({ set: SET })).not.toHaveProperty('until');
  });

  it('shows who switched it on', () => {
    expect(view({ set: ON })).toEqual({ state: 'on', cause: 'set', since: iso(T0), reason: 'bath', author: 'dr-a' });
  });

  it('is off for the rules that are named, until its time', () => {
    expect(reason({ set: SET })).toBe('monitoring-off');
    expect(reason({ set: { ...SET, rules: [RULE] } })).toBe('monitoring-off');
    expect(reason({ set: { ...SET, rules: ['no-data'] } })).toBeNull();
    const set = { ...SET, until: T0 + HOUR };
    expect(reason({ set }, {}, T0 + HOUR - 1)).toBe('monitoring-off');
    expect(reason({ set }, {}, T0 + HOUR)).toBeNull();
    expect([view({ set }, {}, T0 + HOUR - 1).state, view({ set }, {}, T0 + HOUR)]).toEqual(['off', { state: 'on' }]);
  });

  it('is off for one who was discharged, and shows since when', () => {
    const dischargedSince = T0 + MINUTE;
    expect(reason({ dischargedSince })).toBe('discharged');
    expect(view({ dischargedSince })).toEqual({ state: 'off', cause: 'discharged', since: iso(dischargedSince) });
  });

  it('is off for one who has died, also where it is not known since when', () => {
    expect([reason(undefined, DEAD), view(undefined, DEAD)]).toEqual(['deceased', { state: 'off', cause: 'deceased' }]);
    const both = { deceasedSince: T0 + MINUTE, dischargedSince: T0 };
    expect(view(both, DEAD)).toEqual({ state: 'off', cause: 'deceased', since: iso(T0 + MINUTE) });
    expect(reason(both)).toBe('discharged');
  });

  it.each([
    ['before', T0 + 1, 'discharged'],
    ['when', T0, null],
    ['after', T0 - 1, null],
  ] as const)('switched on %s the patient left', (_, dischargedSince, expected) => {
    expect(reason({ set: ON, dischargedSince })).toBe(expected);
    expect(view({ set: ON, dischargedSince }).cause).toBe(expected ?? 'set');
  });

  it('that a person switched off is shown so, also of one who left', () => {
    expect(view({ set: { ...SET, since: T0 - 1 }, dischargedSince: T0 })).toMatchObject({ state: 'off', cause: 'set' });
    expect(view({ set: ON, dischargedSince: T0 + 1 })).toMatchObject({ state: 'off', cause: 'discharged' });
  });

  it('that was off for others, or is over, does not bring a patient back who left', () => {
    const off = { ...SET, rules: ['no-data'], since: T0 + MINUTE };
    expect(reason({ set: off, dischargedSince: T0 })).toBe('discharged');
    const over = { ...SET, since: T0 + MINUTE, until: T0 + 2 * MINUTE };
    expect(reason({ set: over, dischargedSince: T0 })).toBe('discharged');
    expect(view({ set: over, dischargedSince: T0 })).toMatchObject({ state: 'off', cause: 'discharged' });
  });
});

describe('setting monitoring', () => {
  function record(over: Partial<ActRecord> = {}): ActRecord {
    const does = { type: 'set-monitoring', state: 'off', reason: 'bath' } as const;
    return { v: 1, tenant: 1, patient: 'p1', receivedAt: T0, kind: 'act', act: 'a', actor: 'dr-a', does, ...over };
  }
  type Does = Parameters<typeof setMonitoring>[3];
  const does = (over: Partial<Does> = {}): Does => ({ type: 'set-monitoring', state: 'off', reason: 'bath', ...over });

  it('keeps what is known of the stay, and only what was said', () => {
    const draft = draftWith({});
    draft.monitoring = { dischargedSince: 1 };
    merge(draft, setMonitoring(DEFAULT_CATALOGUE, draft, record(), does()));
    expect(draft.monitoring).toStrictEqual({ dischargedSince: 1, set: SET });
    expect(draft.timerChanges).toEqual([]);
  });

  it('keeps all that was said', () => {
    const draft = draftWith({});
    merge(
      draft,
      setMonitoring(
        DEFAULT_CATALOGUE,
        draft,
        record({ onBehalfOf: 'Practitioner/17' }),
        does({ rules: [RULE], until: T0 + HOUR }),
      ),
    );
    const set = { ...SET, rules: [RULE], until: T0 + HOUR, onBehalfOf: 'Practitioner/17' };
    expect(draft.monitoring).toStrictEqual({ set });
    expect(draft.timers['monitoring']).toBe(T0 + HOUR);
    merge(draft, setMonitoring(DEFAULT_CATALOGUE, draft, record(), does({ state: 'on', until: T0 + HOUR })));
    expect(draft.timers['monitoring']).toBeUndefined();
  });

  it.each<[string, Partial<Does>]>([
    ['one of the rules does not exist', { rules: [RULE, 'nope'] }],
    ['the time is none', { until: NaN }],
  ])('is refused where %s', (_, over) => {
    const draft = draftWith({});
    merge(draft, setMonitoring(DEFAULT_CATALOGUE, draft, record(), does(over)));
    expect([draft.monitoring, draft.counts.dropped]).toEqual([undefined, { 'monitoring-refused': 1 }]);
  });

  it('ends at its time, and not before', () => {
    const draft = draftWith({}, T0);
    draft.timers = { ...draft.timers, ['monitoring']: T0 };
    const later = { set: { ...SET, until: T0 + 1 }, dischargedSince: 1 };
    draft.monitoring = later;
    merge(draft, endMonitoringOff(draft));
    expect([draft.monitoring, draft.changed]).toEqual([later, false]);
    draft.monitoring = { set: SET };
    merge(draft, endMonitoringOff(draft));
    expect(draft.changed).toBe(false);
    draft.monitoring = { set: { ...SET, until: T0 }, dischargedSince: 1 };
    merge(draft, endMonitoringOff(draft));
    expect(draft).toMatchObject({ monitoring: { dischargedSince: 1 }, changed: true });
    expect(draft.monitoring).not.toHaveProperty('set');
    expect(draft.timerChanges).toEqual([{ timer: 'monitoring', dueAt: null }]);
  });
});
