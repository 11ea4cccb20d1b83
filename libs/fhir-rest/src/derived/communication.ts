import type { Alert } from '#libs/contracts';
import type { JsonObject } from '#libs/domain/fhir';
import { uuidOf } from '#libs/domain/quantities';
import { patientOf, ruleOf } from './alert-resources.js';
import { named, SOFTWARE, standardCoding, SYSTEMS } from './terms.js';

/** A message about an alert that an endpoint has taken. Times in ms since 1970. */
export interface TakenDelivery {
  readonly alert: Alert;
  /** False for an alert of the monitoring as a whole. */
  readonly ofPatient: boolean;
  /** Id of the webhook; its URL may hold secrets and is shown nowhere. */
  readonly webhook: string;
  /** What its owner calls it. */
  readonly description: string | null;
  /** The `webhook-id`. */
  readonly message: string;
  readonly takenAt: number;
}

/** Id of the Communication and of its Provenance: the same whenever a message is sent again to the same webhook. */
export function communicationId({ webhook, message }: Pick<TakenDelivery, 'webhook' | 'message'>): string {
  return uuidOf(`communication|${webhook}|${message}`);
}

/** The Communication of a delivery that was taken, and its Provenance. Without `meta`. */
export function communicationResources(delivery: TakenDelivery): readonly [JsonObject, JsonObject] {
  return [communication(delivery), provenance(delivery)];
}

function communication(delivery: TakenDelivery): JsonObject {
  const { alert, ofPatient, webhook, message, takenAt } = delivery;
  const issue = { reference: `DetectedIssue/${alert.id}` };
  return {
    resourceType: 'Communication',
    id: communicationId(delivery),
    identifier: [{ system: SYSTEMS.message, value: message }],
    status: 'completed',
    category: [{ coding: [standardCoding('communication-category', 'alert', 'Alert')] }],
    medium: [{ text: 'webhook' }],
    ...(ofPatient ? { subject: patientOf(alert) } : {}),
    topic: { coding: [{ system: SYSTEMS.transition, code: alert.transition }] },
    about: [issue],
    sent: new Date(takenAt).toISOString(),
    recipient: [named('Device', SYSTEMS.webhook, webhook, shownName(delivery))],
    sender: SOFTWARE,
    reasonCode: [ruleOf(alert, alert.rule.title)],
    payload: [{ contentString: alert.summary }, { contentReference: issue }],
  };
}

/** A description with an address in it is not shown: addresses may hold secrets. */
function shownName({ webhook, description }: TakenDelivery): string {
  const shows = description !== null && description.trim() !== '' && !description.includes('://');
  return shows ? description.trim() : `webhook ${webhook}`;
}

function provenance(delivery: TakenDelivery): JsonObject {
  const { id, version, title } = delivery.alert.rule;
  return {
    resourceType: 'Provenance',
    id: communicationId(delivery),
    target: [{ reference: `Communication/${communicationId(delivery)}` }],
    recorded: new Date(delivery.takenAt).toISOString(),
    activity: { coding: [{ system: SYSTEMS.transition, code: delivery.alert.transition }] },
    agent: [
      {
        type: { coding: [standardCoding('provenance-participant-type', 'performer', 'Performer')] },
        who: named('Device', SYSTEMS.rule, `${id}|${version}`, `Homeostat, rule ${title} ${version}`),
      },
    ],
  };
}
