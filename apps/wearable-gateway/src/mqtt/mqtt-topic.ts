const TOPIC = /^homeostat\/([A-Za-z0-9._-]{1,64})\/patients\/([A-Za-z0-9\-.]{1,64})\/samples$/;

/** Tenant id and patient id of `homeostat/{tenant}/patients/{patient}/samples`; undefined for any other topic. */
export function patientOfTopic(topic: string): { readonly tenant: string; readonly patient: string } | undefined {
  const parts = TOPIC.exec(topic);
  const tenant = parts?.[1];
  const patient = parts?.[2];
  return tenant === undefined || patient === undefined ? undefined : { tenant, patient };
}
