import type { DeviceAssignment } from '#libs/domain/fhir';
import type { ResourceChange, StoredResource } from '../repository/resources.js';

/** Keeps up who has which device while a request is decided, as the store does when it is written. */
export function followDevices(
  devices: Map<string, readonly DeviceAssignment[]>,
  after: StoredResource,
  { devicePatient, deviceUse }: Pick<ResourceChange, 'devicePatient' | 'deviceUse'>,
): void {
  const origin = `${after.type}/${after.id}`;
  const recorded = { recordedAt: after.lastUpdated };
  if (devicePatient !== undefined) {
    const known = devices.get(after.id) ?? [];
    const current = known.find(isCurrent);
    if ((current?.patient ?? null) === devicePatient) return;
    const closed = known.map((one) => (isCurrent(one) ? { ...one, until: after.lastUpdated } : one));
    const version = { kind: 'version', origin, from: after.lastUpdated, until: null, ...recorded } as const;
    devices.set(after.id, devicePatient === null ? closed : [...closed, { ...version, patient: devicePatient }]);
  }
  if (deviceUse === undefined) return;
  for (const [device, known] of devices)
    devices.set(
      device,
      known.filter((one) => one.origin !== origin),
    );
  if (deviceUse === null) return;
  const { device, ...use } = deviceUse;
  devices.set(device, [...(devices.get(device) ?? []), { kind: 'statement', origin, ...use, ...recorded }]);
}

function isCurrent(one: DeviceAssignment): boolean {
  return one.kind === 'version' && one.until === null;
}
