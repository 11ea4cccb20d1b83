import { describe, expect, it } from '@jest/globals';
import type { Alert } from '../../../api/alert.js';
import { actState, asksUseful, type ActEvent, type ActState, type Attempt } from './act-state.js';

const seen = { id: 'a', sequence: 1, severity: 'medium' } as Alert;
const current = { ...seen, sequence: 2, severity: 'high' } as Alert;
const attempt: Attempt = { act: { kind: 'acknowledge' }, seen, key: 'k1' };

function after(...events: readonly ActEvent[]): ActState {
  return events.reduce<ActState>(actState, { step: 'idle' });
}

describe('an act', () => {
  it('asks whether the alert was useful once its acknowledgement is accepted, until that is answered', () => {
    const accepted = after({ type: 'send', attempt }, { type: 'accepted', key: 'k1' });
    expect([asksUseful(after({ type: 'send', attempt })), asksUseful(accepted)]).toEqual([false, true]);
    const feedback: Attempt = { act: { kind: 'feedback', useful: true }, seen: current, key: 'k2' };
    expect(asksUseful(actState(accepted, { type: 'send', attempt: feedback }))).toBe(false);
    expect(actState(accepted, { type: 'dismiss' })).toEqual({ step: 'idle' });
  });

  it('that met a changed alert keeps what was seen beside what is', () => {
    const state = after({ type: 'send', attempt }, { type: 'changed', key: 'k1', current });
    expect(state).toEqual({ step: 'changed', ...attempt, current });
  });

  it('that failed keeps its key for the repeat', () => {
    const state = after({ type: 'send', attempt }, { type: 'failed', key: 'k1', reason: 'no answer' });
    expect(state).toEqual({ step: 'failed', ...attempt, reason: 'no answer' });
  });

  it('is not changed by the late answer to another', () => {
    const sending = after({ type: 'send', attempt });
    expect(actState(sending, { type: 'accepted', key: 'k0' })).toBe(sending);
    expect(after({ type: 'accepted', key: 'k1' })).toEqual({ step: 'idle' });
  });
});
