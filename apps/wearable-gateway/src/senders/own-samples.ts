import { endOf, ownerDuring } from '#libs/domain/fhir';
import { FHIR_SOURCE } from '#libs/domain/twin';
import { type ReadSample, type Reference, referenceKey, type Refusal, refuse } from '#libs/samples';
import type { OwnedSample } from './group-by-patient.js';
import type { Origin } from '../origin.js';
import type { SourceOwners } from './source-owners.js';
import type { Subject } from './patients-by-id.js';
import type { DeviceAnswer, Resolved, Subjects } from './subjects.js';

/** For patients without birth date: a device's clock is wrong when it says so. */
const NOBODY_ALIVE_BEFORE = Date.UTC(1900, 0, 1);

export interface Owners {
  readonly subjects: Pick<Subjects, 'resolve'>;
  readonly sources: Pick<SourceOwners, 'resolve'>;
}

/** Finds whose each sample is, and whether its sender may use its source; those that are nobody's, or may not be sent, are refused. */
export async function ownSamples(
  read: readonly ReadSample[],
  origin: Origin,
  owners: Owners,
  refusals: Refusal[],
): Promise<readonly OwnedSample[]> {
  if (read.length === 0) return [];
  const patients = new Map<string, Reference>();
  const devices = new Map<string, Reference>();
  for (const sample of read) {
    if (sample.patient !== undefined) patients.set(referenceKey(sample.patient), sample.patient);
    if (sample.device !== undefined) devices.set(referenceKey(sample.device), sample.device);
  }
  const resolved = await owners.subjects.resolve(origin.tenant, [...patients.values()], [...devices.values()]);
  const found: { readonly sample: ReadSample; readonly owner: Owner; readonly source: string }[] = [];
  for (const sample of read) {
    const owner = ownerOf(sample, resolved, origin);
    if (owner.kind === 'refused') refusals.push(owner);
    else found.push({ sample, owner, source: sample.source ?? origin.client });
  }
  // Only what is taken makes a source its sender's.
  const used = new Set(found.map(({ source }) => source).filter((source) => source !== FHIR_SOURCE));
  const users =
    used.size === 0 ? new Map<string, string>() : await owners.sources.resolve(origin.tenant, origin.client, used);
  return found.flatMap(({ sample, owner, source }) => {
    const refusal = sourceRefusal(sample, source, users.get(source), origin);
    if (refusal !== undefined) {
      refusals.push(refusal);
      return [];
    }
    return [{ patient: owner.patient, device: owner.device, source, wire: sample.wire }];
  });
}

function sourceRefusal(
  { index, raw }: ReadSample,
  source: string,
  user: string | undefined,
  { client, anySource }: Origin,
): Refusal | undefined {
  if (source === FHIR_SOURCE) {
    const message = `"${FHIR_SOURCE}" is the source of what comes as FHIR resources; name another`;
    return refuse(index, 'source-reserved', message, raw, '/source');
  }
  if (user === client || anySource) return undefined;
  const message =
    'another client uses this source; name one of your own, or ask for the scope samples.write:any-source';
  return refuse(index, 'source-not-yours', message, raw, '/source');
}

interface Owner {
  readonly kind: 'owner';
  readonly patient: string;
  readonly device: string;
}

function ownerOf(sample: ReadSample, resolved: Resolved, origin: Origin): Owner | Refusal {
  const { index, raw } = sample;
  let device: Extract<DeviceAnswer, { kind: 'device' }> | undefined;
  let subject: Subject | undefined;
  if (sample.device !== undefined) {
    const answer = resolved.devices.get(referenceKey(sample.device));
    if (answer?.kind === 'ambiguous')
      return refuse(index, 'reference-ambiguous', 'more than one Device has this identifier', raw, '/device');
    if (answer?.kind !== 'device') return refuse(index, 'unknown-device', 'there is no such Device', raw, '/device');
    device = answer;
  }
  if (sample.patient !== undefined) {
    const answer = resolved.patients.get(referenceKey(sample.patient));
    if (answer?.kind === 'ambiguous')
      return refuse(index, 'reference-ambiguous', 'more than one Patient has this identifier', raw, '/patient');
    if (answer?.kind !== 'patient')
      return refuse(index, 'unknown-patient', 'there is no such Patient', raw, '/patient');
    subject = answer.subject;
  }
  if (subject === undefined && device !== undefined) {
    const owner = ownerDuring(device.assignments, sample.wire.t, endOf(sample.wire));
    if (owner.kind === 'patient') subject = device.subjects.get(owner.patient);
    if (subject === undefined)
      return refuse(index, 'device-without-patient', WITHOUT_PATIENT[owner.kind], raw, '/device');
  }
  if (subject === undefined)
    return refuse(index, 'patient-missing', 'the sample names neither patient nor device', raw);
  if (origin.boundTo !== undefined && subject.patient !== origin.boundTo) {
    return refuse(index, 'patient-mismatch', 'the sample names another patient than the topic', raw, '/patient');
  }
  if (sample.wire.t < (subject.bornAt ?? NOBODY_ALIVE_BEFORE)) {
    return refuse(index, 'timestamp-before-birth', "effectiveAt is before the patient's birth", raw, '/effectiveAt');
  }
  return { kind: 'owner', patient: subject.patient, device: device?.device ?? '' };
}

const WITHOUT_PATIENT = {
  patient: 'the patient who had this Device then was deleted',
  nobody: 'no patient had this Device at that time, as far as is known',
  unclear: 'more than one patient had this Device in that time; send a series in parts, or name the patient',
} as const;
