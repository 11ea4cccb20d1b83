import type { Recording } from '../fit/record.js';

/** What the model does not know, beyond the spread of its parameters: grows after the branch and is the same in all arms. */
export interface ModelError {
  /** SD long after the branch, as a share of glucose. */
  readonly share: number;
  /** What the residuals have beyond sensor noise, as a share of glucose: how far recent readings outweigh the simulation. */
  readonly beyondSensor: number;
  /** Time constant of its growth, min. */
  readonly minutes: number;
}

/** Sensor noise, mg/dL and its correlation over 5 min (Facchinetti et al., IEEE Trans Biomed Eng 2014;61:1735). */
export const SENSOR_SD = 4;
/** Least share: even simulated people are not met exactly. */
const MIN_SHARE = 0.02;
/** Largest share. */
const MAX_SHARE = 0.3;
/** The simulation is never trusted beyond this. */
const MIN_BEYOND = 0.005;
const MIN_MINUTES = 60;
const MAX_MINUTES = 480;
/** Without a fit: residual SD of population parameters conditioned on a history, mg/dL, and its correlation. */
const UNFITTED = { phi: 0.97, sd: 6 };

/** From the noise of the fit: what its residuals have beyond sensor noise. */
export function modelErrorOf(
  estimates: Readonly<Record<string, number>> | undefined,
  recording: Recording,
): ModelError {
  const phi = estimates?.['noisePhi'] ?? UNFITTED.phi;
  const sd = estimates?.['noiseSd'] ?? UNFITTED.sd;
  const residualSd = sd / Math.sqrt(1 - phi ** 2);
  const beyond = Math.sqrt(Math.max(0, residualSd ** 2 - SENSOR_SD ** 2));
  const level = recording.mgPerDl.reduce((sum, value) => sum + value, 0) / recording.mgPerDl.length;
  const minutes = -5 / Math.log(Math.max(0.01, phi));
  return {
    beyondSensor: Math.max(MIN_BEYOND, beyond / level),
    share: Math.min(MAX_SHARE, Math.max(MIN_SHARE, beyond / level)),
    minutes: Math.min(MAX_MINUTES, Math.max(MIN_MINUTES, minutes)),
  };
}
