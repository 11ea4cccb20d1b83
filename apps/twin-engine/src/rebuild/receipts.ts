import type { ClientBase } from 'pg';
import type {
  ActRecord,
  ModelParametersRecord,
  ModelStatusRecord,
  PatientInput,
  WireFact,
  WireSample,
} from '#libs/contracts';
import { FHIR_SOURCE, type StoredMeasurement } from '#libs/domain/twin';
import {
  appliedActs,
  receivedFacts,
  receivedMeasurements,
  receivedModelRecords,
  type TwinRowHead,
} from '#libs/platform/storage';

/** A record made from rows: what came in it, and under which identities its samples are stored. */
export interface Receipt {
  readonly record: PatientInput;
  readonly identities: ReadonlyMap<WireSample, string>;
  /** The stored versions that the samples are. */
  readonly stored: readonly StoredMeasurement[];
}

/** Everything that was applied of a patient, as records in order of receipt. What was dropped left no row and is not among it. */
export async function* receiptsOf(client: ClientBase, twin: TwinRowHead): AsyncGenerator<Receipt> {
  const facts = [...(await receivedFacts(client, twin))];
  const acts: Said[] = [
    ...(await appliedActs(client, twin, twin.createdAt, twin.updatedAt)),
    ...(await receivedModelRecords(client, twin)),
  ].sort((a, b) => a.receivedAt - b.receivedAt);
  for await (const rows of groupsOf(receivedMeasurements(client, twin))) {
    const { receivedAt } = rows[0]!;
    yield* others(twin, facts, acts, receivedAt);
    const [fhir, own] = [rows.filter(isFhir), rows.filter((row) => !isFhir(row))];
    const here = takeFacts(facts, receivedAt);
    if (fhir.length > 0 || here.length > 0) yield clinical(twin, receivedAt, here, fhir);
    if (own.length > 0) yield samples(twin, receivedAt, own);
  }
  yield* others(twin, facts, acts, Infinity);
}

/** What people did, and what was said of models. */
type Said = ActRecord | ModelParametersRecord | ModelStatusRecord;

type Row = StoredMeasurement & { readonly recordedAt: number };

/** Rows that were received and recorded together were one record. */
async function* groupsOf(rows: AsyncIterable<Row>): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  for await (const row of rows) {
    const [first] = group;
    if (first !== undefined && (first.receivedAt !== row.receivedAt || first.recordedAt !== row.recordedAt)) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}

function isFhir({ source }: StoredMeasurement): boolean {
  return source === FHIR_SOURCE;
}

type ReceivedFact = Awaited<ReturnType<typeof receivedFacts>>[number];

/** Facts and acts that were received before a time, in order. */
function* others(twin: TwinRowHead, facts: ReceivedFact[], acts: Said[], before: number): Generator<Receipt> {
  for (;;) {
    const [fact, act] = [facts[0]?.receivedAt ?? Infinity, acts[0]?.receivedAt ?? Infinity];
    if (Math.min(fact, act) >= before) return;
    if (fact <= act) yield clinical(twin, fact, takeFacts(facts, fact), []);
    else yield { record: acts.shift()!, identities: new Map(), stored: [] };
  }
}

function takeFacts(facts: ReceivedFact[], receivedAt: number): WireFact[] {
  const taken: WireFact[] = [];
  while (facts[0]?.receivedAt === receivedAt) taken.push(facts.shift()!.fact);
  return taken;
}

function clinical(
  { tenant, patient }: TwinRowHead,
  receivedAt: number,
  facts: readonly WireFact[],
  stored: readonly StoredMeasurement[],
): Receipt {
  const { samples: list, identities } = samplesOf(stored);
  const head = { v: 1, tenant, patient, receivedAt } as const;
  return { record: { ...head, kind: 'clinical', source: FHIR_SOURCE, facts, samples: list }, identities, stored };
}

function samples({ tenant, patient }: TwinRowHead, receivedAt: number, stored: readonly StoredMeasurement[]): Receipt {
  const { samples: list, identities } = samplesOf(stored);
  const { source, device } = stored[0]!;
  const head = { v: 1, tenant, patient, receivedAt } as const;
  return { record: { ...head, kind: 'samples', source, device, samples: list }, identities, stored };
}

function samplesOf(stored: readonly StoredMeasurement[]) {
  const identities = new Map<WireSample, string>();
  const list = stored.map((one) => {
    const sample = sampleOf(one);
    identities.set(sample, one.identity);
    return sample;
  });
  return { samples: list, identities };
}

function sampleOf(one: StoredMeasurement): WireSample {
  const { code, t, x, series, periodMs, channel, quality, reasons, comparator, origin, source, device } = one;
  return {
    c: code,
    t,
    ...(x === undefined ? undefined : { x }),
    ...(series === undefined ? undefined : { s: series }),
    ...(periodMs === undefined ? undefined : { p: periodMs }),
    ...(channel === undefined ? undefined : { h: channel }),
    ...(quality === 0 ? undefined : { q: quality }),
    ...(reasons === undefined ? undefined : { r: reasons }),
    ...(comparator === undefined ? undefined : { b: comparator }),
    ...(origin === undefined ? undefined : { o: origin }),
    ...(one.retracted ? { w: 1 as const } : undefined),
    // The sender's own identifier is not kept; that there was one is.
    ...(one.sourced ? { i: '' } : undefined),
    f: source,
    d: device,
  };
}
