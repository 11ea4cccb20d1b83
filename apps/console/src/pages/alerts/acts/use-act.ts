import { useQueryClient } from '@tanstack/react-query';
import { useReducer } from 'react';
import { ALERTS } from '../../../announce/use-alerts-fresh.js';
import type { Alert } from '../../../api/alert.js';
import { answerOf, api } from '../../../api/client.js';
import { ApiProblem, reasonOf } from '../../../api/problem.js';
import { actState, type Act, type ActState, type Attempt } from './act-state.js';

export interface Acting {
  readonly state: ActState;
  /** Does it, decided on this state of the alert. */
  readonly act: (act: Act, seen: Alert) => void;
  /** Sends again what failed, under its key. */
  readonly again: (attempt: Attempt) => void;
  readonly dismiss: () => void;
}

/** Acts of a person on one alert. */
export function useAct(): Acting {
  const [state, dispatch] = useReducer(actState, { step: 'idle' });
  const queries = useQueryClient();
  const again = ({ act, seen, key }: Attempt): void => {
    dispatch({ type: 'send', attempt: { act, seen, key } });
    send({ act, seen, key })
      .then(() => dispatch({ type: 'accepted', key }))
      .catch((error: unknown) => {
        const current = changedAlert(error);
        if (current === undefined) dispatch({ type: 'failed', key, reason: reasonOf(error) });
        else dispatch({ type: 'changed', key, current });
      })
      .finally(() => void queries.invalidateQueries({ queryKey: [ALERTS] }));
  };
  return {
    state,
    act: (act, seen) => again({ act, seen, key: newKey() }),
    again,
    dismiss: () => dispatch({ type: 'dismiss' }),
  };
}

function send({ act, seen, key }: Attempt): Promise<unknown> {
  const request = { params: { path: { id: seen.id } }, headers: { 'idempotency-key': key } };
  const { sequence } = seen;
  switch (act.kind) {
    case 'acknowledge':
      return answerOf(api.POST('/v1/alerts/{id}/acknowledge', { ...request, body: { sequence } }));
    case 'feedback':
      return answerOf(api.POST('/v1/alerts/{id}/acknowledge', { ...request, body: { sequence, useful: act.useful } }));
    case 'resolve':
      return answerOf(api.POST('/v1/alerts/{id}/resolve', { ...request, body: { sequence } }));
    case 'snooze':
      return answerOf(api.POST('/v1/alerts/{id}/snooze', { ...request, body: { sequence, until: act.until } }));
  }
}

/** The alert as it stands, when an act was refused because it changed. */
function changedAlert(error: unknown): Alert | undefined {
  if (!(error instanceof ApiProblem) || error.code !== 'alert-changed') return undefined;
  return error.members['alert'] as Alert;
}

/** As `crypto.randomUUID`, which browsers have on secure connections only. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('');
}
