import type { WireSample } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import { streamKey } from '../ingest/streams.js';
import type { Draft } from '../state/draft.js';
import { LATENESS_BOUND } from '../time/grid.js';

/** A series that begins this much after its receipt stays where it is, ms: clocks that agree differ by less, and jitter would tear it. */
export const SKEW = 2000;
/** A series goes on where the one before ended, with pauses up to this, ms. */
const GOES_ON = 5000;
/** A dose, a meal or a setting may be stamped for so much later, ms, as far as gateways take what is ahead: it is planned then. */
const PLANNED = 600_000;

export interface Sender {
  readonly source: string;
  readonly device: string;
}

/** Samples of one sender of a record, in the order sent, whose times do not go back. */
export interface Run {
  readonly indexes: number[];
  /** Newest effective time, ms. */
  t: number;
  /** Whether its newest value is later than everything of its stream. */
  isBeyond: boolean;
  /** Whether it is a series that goes on where its stream ended. */
  goesOn: boolean;
  /** Whether it is made of doses, meals and settings that are stamped for later, while nothing that is measured is ahead. */
  readonly isPlanned: boolean;
}

/** What is known of the patient's senders, and the record. */
export type Basis = Pick<Draft, 'behind' | 'clocks' | 'now' | 'record' | 'streams'>;

/** The runs of each sender (its device, or its source without one) of a record. */
export function runsOf(
  twin: Basis,
  samples: readonly WireSample[],
  sender: Sender,
): ReadonlyMap<string, { readonly source: string; readonly runs: readonly Run[] }> {
  const origins = new Map<string, { readonly source: string; readonly runs: Run[]; readonly later: number[] }>();
  samples.forEach((sample, index) => {
    const { t, c, h } = sample;
    const source = sample.f ?? sender.source;
    const device = sample.d ?? sender.device;
    // So far ahead is no clock; what is withdrawn keeps its place.
    if (sample.w !== undefined || !Number.isFinite(t) || t > twin.record.receivedAt + LATENESS_BOUND) return;
    const origin = device === '' ? `f:${source}` : `d:${device}`;
    const stream = twin.streams[streamKey(source, device, c, h)];
    const isBeyond = stream === undefined || t > stream.t;
    const goesOn = stream?.end !== undefined && isBeyond && t - stream.end <= GOES_ON;
    let one = origins.get(origin);
    if (one === undefined) origins.set(origin, (one = { source, runs: [], later: [] }));
    if (mayBePlanned(sample, twin.record.receivedAt)) {
      one.later.push(index);
      return;
    }
    const last = one.runs.at(-1);
    if (last === undefined || t < last.t) {
      one.runs.push({ indexes: [index], t, isBeyond, goesOn, isPlanned: false });
      return;
    }
    last.indexes.push(index);
    last.t = t;
    last.isBeyond = isBeyond;
    last.goesOn ||= goesOn;
  });
  for (const { runs, later } of origins.values()) if (later.length > 0) placeLater(twin, samples, runs, later);
  return origins;
}

function mayBePlanned({ c, t }: WireSample, receivedAt: number): boolean {
  return t > receivedAt + SKEW && t <= receivedAt + PLANNED && measureByNumber(c)?.course !== undefined;
}

/** Doses that are ahead beside a measured value that is too come with its clock; by themselves they are planned. */
function placeLater({ record }: Basis, samples: readonly WireSample[], runs: Run[], later: readonly number[]): void {
  const t = Math.max(...later.map((index) => samples[index]!.t));
  const ahead = runs.find((run) => run.t > record.receivedAt + SKEW && !run.goesOn);
  if (ahead === undefined) {
    runs.push({ indexes: [...later], t, isBeyond: true, goesOn: false, isPlanned: true });
    return;
  }
  ahead.indexes.push(...later);
  ahead.t = Math.max(ahead.t, t);
}
