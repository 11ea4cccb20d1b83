import { describe, expect, it } from '@jest/globals';
import { ALERT_STATUSES, SEVERITIES, TRANSITIONS, type Alert } from '#libs/contracts';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { alertOf } from './alert.fixture.js';
import { alertResources, sequenceOf, type AlertState } from './alert-resources.js';
import { communicationResources, type TakenDelivery } from './communication.js';
import { isMadeHere } from './mark.js';
import { nextVersions } from './next-versions.js';

const AT = Date.UTC(2026, 10, 29, 6, 0, 2);

function stateOf(over: Partial<Alert> = {}, more: Partial<AlertState> = {}): AlertState {
  return { alert: alertOf(over), at: AT, ofPatient: true, observations: new Map(), ...more };
}

function validated(resources: readonly JsonObject[]): JsonObject[] {
  const stored = nextVersions(
    resources.map((resource) => ({ resource, patient: 'p1' })),
    new Map(),
    AT,
  );
  return stored.map(({ content }) => {
    const parsed = parseJson(content);
    expect(parsed.ok && validate(parsed.value)).toEqual([]);
    expect(isMadeHere(content)).toBe(true);
    return (parsed as { value: JsonObject }).value;
  });
}

describe('an alert as FHIR', () => {
  it('is a DetectedIssue that names rule, alert, patient, onset, severity and evidence', () => {
    const observations = new Map([[alertOf().evidence[0]!.id, 'md-1-9-abc-1']]);
    const [issue] = validated(alertResources(stateOf({}, { observations })));
    expect(issue).toMatchObject({
      resourceType: 'DetectedIssue',
      identifier: [{ value: alertOf().id }],
      status: 'final',
      code: { coding: [{ code: 'glucose-very-low', version: '1.2.0' }] },
      severity: 'moderate',
      patient: { reference: 'Patient/p1' },
      identifiedDateTime: alertOf().effectiveAt,
      detail: alertOf().summary,
      evidence: [
        {
          code: [{ coding: [{ code: '99504-3' }, { code: 'glucose' }] }],
          detail: [
            {
              reference: 'Observation/md-1-9-abc-1',
              identifier: { value: 'a3b1c2d4-0000-8000-8000-0000000000aa' },
            },
          ],
        },
      ],
    });
    expect(sequenceOf(issue!)).toBe(1);
  });

  it.each(ALERT_STATUSES)('is valid R4 with status %s, and a Flag that is active only while it is open', (status) => {
    for (const severity of SEVERITIES)
      for (const transition of TRANSITIONS)
        for (const ofPatient of [true, false]) {
          const [issue, flag] = validated(
            alertResources(stateOf({ status, severity, transition, acknowledgedBy: 'Practitioner/7' }, { ofPatient })),
          );
          const open = ['open', 'acknowledged', 'snoozed'].includes(status);
          expect(issue?.['status']).toBe(status === 'retracted' ? 'entered-in-error' : 'final');
          expect(flag).toMatchObject({ status: open ? 'active' : 'inactive' });
          expect(Object.keys(flag?.['period'] as JsonObject)).toEqual(open ? ['start'] : ['start', 'end']);
        }
  });

  it('ends its Flag when the condition ended, else when it was closed, and never before it began', () => {
    const endOf = (over: Partial<Alert>) =>
      (validated(alertResources(stateOf(over)))[1]!['period'] as JsonObject)['end'];
    expect(endOf({ status: 'resolved', resolvedAt: '2026-11-29T06:15:00.000Z' })).toBe('2026-11-29T06:15:00.000Z');
    expect(endOf({ status: 'retracted' })).toBe('2026-11-29T06:00:02.000Z');
    const onset = '2026-11-29T07:00:00.000Z';
    expect(endOf({ status: 'retracted', effectiveAt: onset })).toBe(onset);
  });

  it('has a Provenance of both that names the version of the rule, and the person who acted', () => {
    const acted = { status: 'acknowledged', transition: 'acknowledged', acknowledgedBy: 'Practitioner/7' } as const;
    const [issue, , provenance] = validated(alertResources(stateOf(acted)));
    expect(provenance).toMatchObject({
      target: [{ reference: `DetectedIssue/${alertOf().id}` }, { reference: `Flag/${alertOf().id}` }],
      recorded: '2026-11-29T06:00:02.000Z',
      agent: [{ who: { identifier: { value: 'glucose-very-low|1.2.0' } } }, { who: { reference: 'Practitioner/7' } }],
    });
    expect(issue).toMatchObject({
      mitigation: [{ date: '2026-11-29T06:00:02.000Z', author: { reference: 'Practitioner/7' } }],
    });
    const [byClient] = validated(alertResources(stateOf({ ...acted, acknowledgedBy: 'client-a' })));
    expect(byClient).toMatchObject({ mitigation: [{ author: { display: 'client-a' } }] });
  });

  it('is about no Patient when it is of the monitoring as a whole', () => {
    const [issue, flag] = validated(alertResources(stateOf({ patient: '_system' }, { ofPatient: false })));
    expect(JSON.stringify([issue, flag])).not.toContain('Patient/');
  });
});

describe('a delivery that was taken', () => {
  const delivery: TakenDelivery = {
    alert: alertOf(),
    ofPatient: true,
    webhook: '0b1c0f3e-8a57-4b1c-9d55-0c2f6f6d7f10',
    description: 'ward pager',
    message: '1b1c0f3e-8a57-8b1c-9d55-0c2f6f6d7f10',
    takenAt: AT,
  };

  it('is a Communication about the DetectedIssue, with a Provenance', () => {
    const [communication, provenance] = validated(communicationResources(delivery));
    expect(communication).toMatchObject({
      status: 'completed',
      sent: '2026-11-29T06:00:02.000Z',
      about: [{ reference: `DetectedIssue/${alertOf().id}` }],
      recipient: [{ identifier: { value: delivery.webhook }, display: 'ward pager' }],
    });
    expect(provenance).toMatchObject({ target: [{ reference: `Communication/${communication?.['id'] as string}` }] });
  });

  it('does not show an address that its description holds', () => {
    const description = 'https://hooks.example/T0/secret-token';
    const [communication] = validated(communicationResources({ ...delivery, description }));
    expect(JSON.stringify(communication)).not.toContain('secret-token');
  });

  it('has one id however often it is sent again, and another for each webhook', () => {
    const idOf = (over: Partial<TakenDelivery>) => communicationResources({ ...delivery, ...over })[0]['id'];
    expect(idOf({ takenAt: AT + 1 })).toBe(idOf({}));
    expect(idOf({ webhook: '2b1c0f3e-8a57-4b1c-9d55-0c2f6f6d7f10' })).not.toBe(idOf({}));
  });
});

describe('the next versions', () => {
  const made = alertResources(stateOf()).map((resource) => ({ resource, patient: 'p1' }));
  const first = nextVersions(made, new Map(), AT);
  const stored = new Map(first.map((one) => [`${one.type}/${one.id}`, one]));

  it('are none when nothing has changed, and one of each resource that has', () => {
    expect(first.map(({ type, version }) => [type, version])).toEqual([
      ['DetectedIssue', 1],
      ['Flag', 1],
      ['Provenance', 1],
    ]);
    expect(nextVersions(made, stored, AT + 1000)).toEqual([]);
    const acknowledged = alertResources(stateOf({ sequence: 2, status: 'acknowledged', transition: 'acknowledged' }));
    const next = nextVersions(
      acknowledged.map((resource) => ({ resource, patient: 'p1' })),
      stored,
      AT + 1000,
    );
    expect(next.map(({ type, version }) => [type, version])).toEqual([
      ['DetectedIssue', 2],
      ['Provenance', 2],
    ]);
  });

  it('replace what a client has deleted or stored under the same id', () => {
    const issue = stored.get(`DetectedIssue/${alertOf().id}`)!;
    const others = [
      { ...issue, deleted: true, content: '', version: 4 },
      { ...issue, content: '{"resourceType":"DetectedIssue"}', version: 4 },
    ];
    for (const other of others) {
      const next = nextVersions(made.slice(0, 1), new Map([[`DetectedIssue/${alertOf().id}`, other]]), AT);
      expect(next.map(({ version }) => version)).toEqual([5]);
    }
  });
});
