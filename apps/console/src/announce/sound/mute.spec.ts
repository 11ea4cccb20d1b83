import { describe, expect, it } from '@jest/globals';
import { Mute, MUTE_MS, muteEnd } from './mute.js';

const NOW = 1_770_000_000_000;

function muteAt(time: { now: number }): Mute {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  return new Mute(storage, () => time.now);
}

describe('mute', () => {
  it('has an end, after which the sound is back', () => {
    const time = { now: NOW };
    const mute = muteAt(time);
    expect(mute.end()).toBeUndefined();
    mute.begin();
    expect(mute.end()).toBe(NOW + MUTE_MS);
    time.now = NOW + MUTE_MS;
    expect(mute.end()).toBeUndefined();
  });

  it('can be stopped, and says so', () => {
    const mute = muteAt({ now: NOW });
    let changes = 0;
    mute.subscribe(() => (changes += 1));
    mute.begin();
    mute.stop();
    expect([mute.end(), changes]).toEqual([undefined, 2]);
  });

  it.each([null, '', 'soon', '-1', String(NOW), String(NOW + MUTE_MS + 1)])('is not what %j would be', (stored) => {
    expect(muteEnd(stored, NOW)).toBeUndefined();
  });
});
