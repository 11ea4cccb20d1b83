import {
  LATENESS_BOUND,
  type Applied,
  type Needs,
  type PatientMemory,
  type StoredMeasurement,
} from '#libs/domain/twin';

/** How far back what is applied can be judged again, with the day before it that some memories need, ms. */
const KEPT_MS = 2 * LATENESS_BOUND + 6 * 3_600_000;
const FORGET_EVERY = 5_000;

/** The newest versions as they were known at the point that a rebuild has come to; the tables also hold what came later. Bounded in time. */
export class History {
  private readonly byCode = new Map<number, Map<string, StoredMeasurement>>();
  private readonly codes = new Map<string, number>();
  private newest = Number.NEGATIVE_INFINITY;
  private kept = 0;

  get(identity: string): StoredMeasurement | undefined {
    return this.byCode.get(this.codes.get(identity) ?? -1)?.get(identity);
  }

  load(memory: PatientMemory, { windows }: Needs): void {
    memory.load({
      windows: windows.map((wanted) => {
        const { code, from, until = Infinity } = wanted;
        const measurements: StoredMeasurement[] = [];
        for (const one of this.byCode.get(code)?.values() ?? [])
          if (one.t >= from && one.t <= until && !one.retracted) measurements.push(one);
        return { ...wanted, measurements };
      }),
    });
  }

  remember({ measurements, judgements }: Applied): void {
    for (const one of measurements) {
      this.byCode.get(this.codes.get(one.identity) ?? -1)?.delete(one.identity);
      const list = this.byCode.get(one.code) ?? new Map<string, StoredMeasurement>();
      this.byCode.set(one.code, list.set(one.identity, one));
      this.codes.set(one.identity, one.code);
      this.newest = Math.max(this.newest, one.t);
    }
    for (const { identity, version, quality, reasons } of judgements) {
      const known = this.get(identity);
      if (known?.version === version)
        this.byCode.get(known.code)!.set(identity, { ...known, judged: { quality, reasons } });
    }
    this.kept += measurements.length;
    if (this.kept >= FORGET_EVERY) this.forget();
  }

  private forget(): void {
    this.kept = 0;
    for (const list of this.byCode.values())
      for (const [identity, { t }] of list) {
        if (t >= this.newest - KEPT_MS) continue;
        list.delete(identity);
        this.codes.delete(identity);
      }
  }
}
