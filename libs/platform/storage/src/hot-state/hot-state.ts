/**
 * The newest view of each twin for fast reads, and live fan-out. A rebuildable view: losing it loses nothing, and a view
 * that is not renewed goes after a while. Calls never throw and never wait long for a store that is down: then nothing is
 * held, nothing is fanned out, and {@link healthy} says so. Adapters: in-process and Redis; one contract suite on both.
 */
export interface HotState {
  /** Newest view of a twin, or undefined when it is not held (then read Postgres). */
  get(tenant: number, patient: string): Promise<HotTwin | undefined>;
  /** As {@link get} of many, in one round trip; absent: not held. */
  getMany(tenant: number, patients: readonly string[]): Promise<ReadonlyMap<string, HotTwin>>;
  /** Writes views in one pipelined round trip; one with a lower version than the held one is ignored. */
  put(twins: readonly HotTwin[]): Promise<void>;
  /** Fans messages out to live subscribers of a channel, at most once; what was missed is read from Postgres. */
  publish(messages: readonly { readonly channel: string; readonly message: string }[]): Promise<void>;
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
  /** As {@link subscribe}, to all channels that begin so; `rest`: what follows in the name of the message's channel. */
  subscribePrefix(prefix: string, onMessage: (rest: string, message: string) => void): Promise<() => Promise<void>>;
  healthy(): boolean;
  close(): Promise<void>;
}

export interface HotTwin {
  readonly tenant: number;
  readonly patient: string;
  readonly version: number;
  /** The {@link TwinView} as JSON text: the Twin of `GET /v1/twins/{patient}` without what depends on the time of reading. */
  readonly view: string;
}

/** Channels of live fan-out. */
export function twinChannel(tenant: number, patient: string): string {
  return `twin:${tenant}/${patient}`;
}
/** How the channels of all twins of a tenant begin; what follows is the patient. */
export function twinChannels(tenant: number): string {
  return twinChannel(tenant, '');
}
export function alertChannel(tenant: number): string {
  return `alerts:${tenant}`;
}

export function byPatient(twins: readonly (HotTwin | undefined)[]): ReadonlyMap<string, HotTwin> {
  return new Map(twins.flatMap((twin) => (twin === undefined ? [] : [[twin.patient, twin] as const])));
}
