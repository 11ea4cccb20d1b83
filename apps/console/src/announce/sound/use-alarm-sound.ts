import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Alert } from '../../api/alert.js';
import { AlarmSound } from './alarm-sound.js';
import { BURST_EVERY_MS } from './burst.js';
import { Mute } from './mute.js';

const NEW_CLAIM_MS = 5_000;
/** Shorter than the interval, so that the tab that played can play again. */
const REPEAT_CLAIM_MS = BURST_EVERY_MS - 1_000;
const PRESSES = ['pointerdown', 'keydown'] as const;

const sound = new AlarmSound();
const mute = new Mute(localStorage);
addEventListener('storage', mute.changed);

export interface SoundState {
  /** The browser would play. */
  readonly canPlay: boolean;
  /** When the mute ends, ms. */
  readonly mutedUntil: number | undefined;
  readonly enable: () => void;
  readonly mute: () => void;
  readonly unmute: () => void;
  /** Plays at once, also when it is muted, which ends. */
  readonly playNew: (alert: Alert) => void;
}

/** Sound for high alerts: a burst for each new one, repeated while any is open and the sound is not muted. */
export function useAlarmSound(openHigh: number): SoundState {
  const canPlay = useSyncExternalStore(sound.subscribe, sound.canPlay);
  const mutedUntil = useMutedUntil();
  useEffect(() => {
    sound.enable();
    // A browser that refused agrees after a press anywhere. Buttons let no press through to the window: it is seen on its way down.
    for (const press of PRESSES) addEventListener(press, sound.enable, { capture: true });
    return () => {
      for (const press of PRESSES) removeEventListener(press, sound.enable, { capture: true });
    };
  }, []);
  const isDue = openHigh > 0 && canPlay && mutedUntil === undefined;
  useEffect(() => {
    if (!isDue) return;
    sound.play('repeat', REPEAT_CLAIM_MS);
    const timer = setInterval(() => sound.play('repeat', REPEAT_CLAIM_MS), BURST_EVERY_MS);
    return () => clearInterval(timer);
  }, [isDue]);
  const playNew = useCallback(({ id, sequence }: Alert) => {
    mute.stop();
    sound.play(`${id} ${sequence}`, NEW_CLAIM_MS);
  }, []);
  return {
    canPlay,
    mutedUntil,
    enable: sound.enable,
    mute: () => mute.begin(),
    unmute: () => mute.stop(),
    playNew,
  };
}

function useMutedUntil(): number | undefined {
  const until = useSyncExternalStore(mute.subscribe, mute.end);
  const [, setOver] = useState(0);
  useEffect(() => {
    if (until === undefined) return;
    const timer = setTimeout(() => setOver((n) => n + 1), until - Date.now());
    return () => clearTimeout(timer);
  }, [until]);
  return until;
}
