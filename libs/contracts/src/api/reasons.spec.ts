import { describe, expect, it } from '@jest/globals';
import { PatchThresholdsRequest, PutMonitoringRequest, PutThresholdsRequest } from '../index.js';

const THRESHOLD = { rule: 'glucose-low', limits: { limit: 75 } };
const REQUESTS = [
  ['monitoring', PutMonitoringRequest, (reason: string) => ({ state: 'off', reason })],
  ['new thresholds', PutThresholdsRequest, (reason: string) => ({ thresholds: [{ ...THRESHOLD, reason }] })],
  ['changed thresholds', PatchThresholdsRequest, (reason: string) => ({ thresholds: [{ ...THRESHOLD, reason }] })],
] as const;

describe.each(REQUESTS)('the reason of %s', (_, schema, withReason) => {
  it.each(['', ' ', '\t\n', '\u00a0', '\u200b', '\u2060\ufeff'])('must show something: %j does not', (reason) => {
    const read = schema.safeParse(withReason(reason));
    expect(read.error?.issues.map(({ message }) => message)).toEqual(['must say why']);
  });

  it.each(['fever', ' x ', '発熱', '-', '🌡'])('may be anything that does: %s', (reason) => {
    expect(schema.safeParse(withReason(reason)).success).toBe(true);
  });
});
