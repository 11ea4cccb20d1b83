import { describe, expect, it } from '@jest/globals';
import { partitionOf } from './partition-of.js';

describe('partitionOf', () => {
  // org.apache.kafka.common.utils.UtilsTest.testMurmur2 gives the signed hashes of these keys.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    for (const count of [1, 2, 7, 12, 1000, 2 ** 31 - 1])
      expect(partitionOf(key, count)).toBe((hash & 0x7fffffff) % count);
  });

  it('spreads patients evenly over twelve partitions', () => {
    const counts = Array.from({ length: 12 }, () => 0);
    for (let i = 0; i < 12_000; i++) counts[partitionOf(`1/patient-${i}`, 12)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});
