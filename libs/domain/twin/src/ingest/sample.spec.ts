import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import type { StoredMeasurement } from '../index.js';
import { sampleOf } from './sample.js';

const WAVE: StoredMeasurement = {
  identity: 'wave',
  version: 1,
  hash: 'h',
  code: 12,
  t: T0,
  source: 'gateway',
  device: 'monitor',
  channel: 'II',
  series: [0.1, 0.2],
  periodMs: 4,
  quality: 1,
  sourced: true,
  retracted: false,
  receivedAt: T0,
};

describe('a stored measurement as rules see it', () => {
  it('is as doubtful as it was sent, whatever the clock of its sender', () => {
    const [now, ahead] = [T0, T0 - MINUTE].map((at) => sampleOf(WAVE, at).cited);
    expect(now).toMatchObject({ t: T0, x: 0.2, quality: 1, reasons: undefined, ahead: undefined });
    expect(ahead).toEqual({ ...now, t: T0 - MINUTE, ahead: MINUTE });
  });
});
