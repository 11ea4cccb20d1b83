import type { AlertMessage } from './alert-receiver.js';
import type { Bed } from './ward.js';

/** One alert on one line: time, bed, severity, transition, summary, and how long it took from receipt to here. */
export function alertLine({ type, timestamp, data }: AlertMessage, beds: readonly Bed[], now: number): string {
  const label = beds.find((bed) => bed.patient === data.patient)?.label ?? data.patient;
  const took = Math.max(0, now - Date.parse(timestamp));
  const what = type.replace(/^alert\./, '');
  return `${clock(now)}  ${label.padEnd(6)}  ${data.severity.toUpperCase().padEnd(6)}  ${what.padEnd(13)} ${data.summary}  [${took} ms]`;
}

export interface Welcome {
  readonly url: string;
  readonly user: { readonly name: string; readonly password: string };
  readonly mqttUrl: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly token: string;
  readonly patient: string;
}

/** What a newcomer needs to look around. */
export function welcome(to: Welcome): string {
  return `
Homeostat demo: a simulated ward of 12 patients. Research software, not a cleared medical device.

  Console ${to.url}/console/  user ${to.user.name}, password ${to.user.password}

  API       ${to.url}/v1/patients
  FHIR R4   ${to.url}/fhir/r4/metadata
  Metrics   ${to.url}/metrics
  OpenAPI   ${to.url}/openapi.json
  MQTT      ${to.mqttUrl}  topic homeostat/${to.tenant}/patients/{patient}/samples

  Throw-away credentials of this installation: tenant ${to.tenant}, client ${to.clientId}, secret ${to.clientSecret}
  A new token:
    curl -s -u '${to.clientId}:${to.clientSecret}' -d grant_type=client_credentials ${to.url}/oauth/token

  Look at a twin (paste this):
    curl -s -H 'Authorization: Bearer ${to.token}' ${to.url}/v1/twins/${to.patient}

  Each alert is printed here as its signed webhook arrives. Ctrl-C ends; start again to continue.
`;
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
