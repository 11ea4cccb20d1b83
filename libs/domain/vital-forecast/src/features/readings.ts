import type { Chart } from '../memory/chart.js';
import type { VitalMemory } from '../memory/memory.js';
import type { Seen } from './seen.js';

/** What was read off one memory, which is never changed: by chart and time (ms), and by catalogue number and age. */
export class LookedUp<Features> {
  private readonly seen = new Map<Chart, Map<number, Seen | undefined>>();
  private readonly features = new Map<string, Features>();

  constructor(readonly memory: VitalMemory) {}

  seenAt(chart: Chart, at: number, look: () => Seen | undefined): Seen | undefined {
    let times = this.seen.get(chart);
    if (times === undefined) this.seen.set(chart, (times = new Map()));
    if (!times.has(at)) times.set(at, look());
    return times.get(at);
  }

  featuresOf(code: number, ageYears: number | null, read: () => Features): Features {
    const key = `${code}/${ageYears}`;
    const known = this.features.get(key);
    if (known !== undefined || this.features.has(key)) return known as Features;
    const features = read();
    this.features.set(key, features);
    return features;
  }
}
