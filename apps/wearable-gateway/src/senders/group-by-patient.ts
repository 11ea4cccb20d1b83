import type { SamplesRecord, WireSample } from '#libs/contracts';

/** A sample whose patient is known. */
export interface OwnedSample {
  readonly patient: string;
  /** FHIR id, or ''. */
  readonly device: string;
  readonly source: string;
  readonly wire: WireSample;
}

const MAX_SAMPLES = 2_000;
/** Roughly, in characters of JSON: a log record must stay far below Kafka's 1 MB. */
const MAX_SIZE = 256 * 1024;

/** One log record per patient with all samples of the batch, in their order; split where it would get too large. */
export function groupByPatient(
  samples: readonly OwnedSample[],
  tenant: number,
  receivedAt: number,
  door: 'http' | 'mqtt' = 'http',
): SamplesRecord[] {
  const open = new Map<string, Draft>();
  const records: SamplesRecord[] = [];
  for (const sample of samples) {
    const size = sizeOf(sample.wire) + sample.source.length + sample.device.length;
    let draft = open.get(sample.patient);
    if (draft !== undefined && (draft.samples.length >= MAX_SAMPLES || draft.size + size > MAX_SIZE)) draft = undefined;
    if (draft === undefined) {
      draft = { source: sample.source, device: sample.device, samples: [], size: 0 };
      open.set(sample.patient, draft);
      records.push({
        v: 1,
        kind: 'samples',
        tenant,
        patient: sample.patient,
        receivedAt,
        source: draft.source,
        device: draft.device,
        ...(door === 'mqtt' ? { door } : {}),
        samples: draft.samples,
      });
    }
    draft.samples.push(named(sample, draft));
    draft.size += size;
  }
  return records;
}

interface Draft {
  readonly source: string;
  readonly device: string;
  readonly samples: WireSample[];
  size: number;
}

/** Says device and source only where they are not the record's. */
function named(sample: OwnedSample, draft: Draft): WireSample {
  const { wire, device, source } = sample;
  if (device === draft.device && source === draft.source) return wire;
  return {
    ...wire,
    ...(device === draft.device ? {} : { d: device }),
    ...(source === draft.source ? {} : { f: source }),
  };
}

function sizeOf(wire: WireSample): number {
  const texts =
    (wire.i?.length ?? 0) + (wire.h?.length ?? 0) + (wire.r?.reduce((sum, reason) => sum + reason.length + 3, 0) ?? 0);
  return 80 + texts + (wire.s === undefined ? 0 : wire.s.length * 20);
}
