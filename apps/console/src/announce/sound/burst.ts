/** A pulse of an auditory alarm signal. Seconds from the beginning of the burst. */
export interface Pulse {
  readonly at: number;
  readonly seconds: number;
  readonly hertz: number;
}

const PULSE_S = 0.15;
const GAP_S = 0.1;
/** After the third pulse, and after the fifth. */
const LONGER_GAP_S = 0.35;
const HALVES_GAP_S = 0.8;
const HERTZ = 660;

/** Burst of ten pulses in the rhythm of a high priority alarm (IEC 60601-1-8: three and two, twice). Not verified against the standard. */
export function highBurst(): readonly Pulse[] {
  const pulses: Pulse[] = [];
  let at = 0;
  for (let i = 0; i < 10; i++) {
    pulses.push({ at, seconds: PULSE_S, hertz: HERTZ });
    const place = i % 5;
    at += PULSE_S + (place === 2 ? LONGER_GAP_S : place === 4 ? HALVES_GAP_S : GAP_S);
  }
  return pulses;
}

/** The burst is repeated while a high alert is open. */
export const BURST_EVERY_MS = 15_000;
