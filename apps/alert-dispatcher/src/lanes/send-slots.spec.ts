import { describe, expect, it } from '@jest/globals';
import { freeSlots, SLOW_AFTER_MS } from './send-slots.js';

const LIMITS = { young: 3, all: 5 };
const NOW = 10_000;
const old = NOW - SLOW_AFTER_MS;

describe('slots of a lane', () => {
  it.each([
    ['nothing on the way', [], 3, NOW],
    ['some on the way', [NOW, NOW - 1], 1, NOW],
    ['all young slots taken', [NOW, NOW - 7, NOW - 1], 0, NOW - 7 + SLOW_AFTER_MS],
    ['one became slow', [old, NOW - 7, NOW - 1], 1, NOW],
    ['just not yet slow', [old + 1, NOW, NOW], 0, NOW + 1],
    ['slow ones up to the limit of all', [old, old - 9, old - 99, old - 999], 1, NOW],
    ['the limit of all', [old, old, old, old, old], 0, null],
    ['the limit of all, some young', [old, old, NOW, NOW, NOW], 0, null],
    ['more than all', [old, old, old, old, old, old], 0, null],
  ])('%s', (_, startedAt, free, freeAt) => {
    expect(freeSlots(startedAt, LIMITS, NOW)).toEqual({ free, freeAt });
  });
});
