import { describe, expect, it } from '@jest/globals';
import { BURST_EVERY_MS, highBurst } from './burst.js';

describe('the burst of a high alert', () => {
  it('has ten pulses, three and two, twice, none over another', () => {
    const pulses = highBurst();
    const gaps = pulses.slice(1).map(({ at }, i) => Math.round((at - pulses[i]!.at - pulses[i]!.seconds) * 100) / 100);
    expect(gaps).toEqual([0.1, 0.1, 0.35, 0.1, 0.8, 0.1, 0.1, 0.35, 0.1]);
  });

  it('is over long before it is repeated', () => {
    const last = highBurst().at(-1)!;
    expect((last.at + last.seconds) * 1_000).toBeLessThan(BURST_EVERY_MS / 2);
  });
});
