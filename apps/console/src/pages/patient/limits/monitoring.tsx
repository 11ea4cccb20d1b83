import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Dialog, Heading, Modal, Switch } from 'react-aria-components';
import { answerOf, api } from '../../../api/client.js';
import { useRuleTitles } from '../../../api/use-rule-titles.js';
import { useScope } from '../../../app/session.js';
import { fill, strings } from '../../../strings/strings.js';
import { IdempotencyKey } from '../data/idempotency-key.js';
import { monitoringQuery } from '../data/patient-queries.js';
import type { View } from '../data/view.js';
import { ActForm, type ActValues } from './act-form.js';
import { Time } from '../../../times/time.js';

type State = 'on' | 'off';
const REFRESH_MS = 2_000;

/** Whether alerts of the patient are emitted, why not, and until when; who may, switches it with a reason. */
export function Monitoring({ view }: { readonly view: View }): React.ReactNode {
  const { patient } = view;
  const isLive = view.knownAt === null;
  const mayWrite = useScope('monitoring.write') && isLive;
  const { data } = useQuery({ ...monitoringQuery(patient), refetchInterval: REFRESH_MS, enabled: isLive });
  const [wanted, setWanted] = useState<State | null>(null);
  const titles = useRuleTitles();
  if (data === undefined || !isLive) return null;
  const { state, rules, reason, until, author, onBehalfOf, cause } = data;
  return (
    <section aria-labelledby="monitoring">
      <h2 id="monitoring">{strings.patient.monitoring}</h2>
      <Switch
        className="switch"
        aria-labelledby="monitoring"
        isSelected={state === 'on'}
        isReadOnly={!mayWrite}
        onChange={(isOn) => setWanted(isOn ? 'on' : 'off')}
      >
        <span className="switch-track" aria-hidden />
        {textOf(
          state,
          rules?.map((rule) => titles.get(rule) ?? rule),
        )}
      </Switch>
      <p>
        {cause !== undefined && strings.patient.monitoringCauses[cause]}{' '}
        {reason !== undefined && fill(strings.patient.because, { reason })}{' '}
        {until !== undefined && (
          <>
            {strings.patient.until} <Time at={until} />
          </>
        )}{' '}
        {author !== undefined && fill(strings.patient.monitoringBy, { author: onBehalfOf ?? author })}
      </p>
      {wanted !== null && <SwitchMonitoring patient={patient} state={wanted} onClose={() => setWanted(null)} />}
    </section>
  );
}

function textOf(state: State, rules: readonly string[] | undefined): string {
  if (state === 'on') return strings.patient.monitoringOn;
  if (rules === undefined) return strings.patient.monitoringOff;
  return fill(strings.patient.monitoringSome, { rules: rules.join(', ') });
}

interface SwitchMonitoringProps {
  readonly patient: string;
  readonly state: State;
  readonly onClose: () => void;
}

function SwitchMonitoring({ patient, state, onClose }: SwitchMonitoringProps): React.ReactNode {
  const queries = useQueryClient();
  const key = useMemo(() => new IdempotencyKey(), []);
  const submit = async ({ reason, expiresAt }: ActValues): Promise<void> => {
    const body = { state, reason, ...(expiresAt === undefined ? {} : { until: expiresAt }) };
    await answerOf(
      api.PUT('/v1/twins/{patient}/monitoring', {
        params: { path: { patient } },
        headers: { 'Idempotency-Key': key.for(body) },
        body,
      }),
    );
    key.done();
    await queries.invalidateQueries({ queryKey: monitoringQuery(patient).queryKey });
  };
  return (
    <Modal isOpen onOpenChange={(isOpen) => isOpen || onClose()} className="modal">
      <Dialog className="dialog">
        <Heading slot="title">{state === 'off' ? strings.patient.switchOff : strings.patient.switchOn}</Heading>
        <ActForm hasExpiry={state === 'off'} submit={submit} onDone={onClose} onCancel={onClose} />
      </Dialog>
    </Modal>
  );
}
