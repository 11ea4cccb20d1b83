import type { Drive, Vital } from './physiology.js';

/** How an emergency goes: for each vital, seconds since it began and the value then; null is the patient's own usual value. */
interface Script {
  readonly name: string;
  readonly courses: Partial<Readonly<Record<Vital, readonly (readonly [seconds: number, value: number | null])[]>>>;
  /** Begins on the first of these beds this many seconds after the ward opens (negative: before). */
  readonly firstAfter: number;
  /** Then on the next bed every so many seconds. */
  readonly every: number;
  readonly beds: readonly number[];
}

/**
 * No bed is in two scripts, and none has the same twice at a time. The first desaturation shows some 15 s after the ward opens, the
 * hypoglycaemia (which has been coming for forty minutes, and is predicted before it is there) within five minutes, the tachycardia after it has lasted its minute.
 */
export const SCRIPTS: readonly Script[] = [
  {
    name: 'desaturation',
    courses: {
      'oxygen-saturation': [
        [0, null],
        [10, 88],
        [25, 83],
        [45, 84],
        [75, null],
      ],
      'respiratory-rate': [
        [0, null],
        [15, 27],
        [50, 27],
        [90, null],
      ],
      'heart-rate': [
        [0, null],
        [20, 108],
        [50, 108],
        [100, null],
      ],
    },
    firstAfter: 6,
    every: 150,
    beds: [3, 8, 11],
  },
  {
    name: 'tachycardia',
    courses: {
      'heart-rate': [
        [0, null],
        [20, 162],
        [95, 168],
        [140, null],
      ],
      'systolic-pressure': [
        [0, null],
        [20, 114],
        [95, 112],
        [140, null],
      ],
    },
    firstAfter: 3,
    every: 240,
    beds: [5, 10, 1],
  },
  {
    name: 'hypoglycaemia',
    courses: {
      glucose: [
        [0, null],
        [2400, 76],
        [2700, 66],
        [3000, 57],
        [3180, 52],
        [3300, 58],
        [3900, 82],
        [5280, null],
      ],
      'heart-rate': [
        [0, null],
        [2400, 96],
        [3000, 104],
        [3900, null],
      ],
    },
    firstAfter: -2403,
    every: 1800,
    beds: [7, 2, 9],
  },
];

/** What drives the vitals of a bed at a time, in a ward that opened at `openedAt` (both ms). */
export function driveOf(bed: number, at: number, openedAt: number): Drive {
  const running = SCRIPTS.flatMap((script) => {
    const seconds = secondsInto(script, bed, at, openedAt);
    return seconds === undefined ? [] : [{ script, seconds }];
  });
  return (vital) => {
    for (const { script, seconds } of running) {
      const course = script.courses[vital];
      const drive = course === undefined ? undefined : along(course, seconds);
      if (drive !== undefined) return drive;
    }
    return undefined;
  };
}

/** Seconds since the latest start of a script on this bed; undefined when it has not begun there. */
function secondsInto(script: Script, bed: number, at: number, openedAt: number): number | undefined {
  const since = (at - openedAt) / 1000 - script.firstAfter;
  // A ward that opens again begins with another bed.
  const first = Math.floor(openedAt / 60_000) % script.beds.length;
  const place = (script.beds.indexOf(bed) - first + script.beds.length) % script.beds.length;
  if (!script.beds.includes(bed)) return undefined;
  const sinceMine = since - place * script.every;
  return sinceMine < 0 ? undefined : sinceMine % (script.every * script.beds.length);
}

function along(
  course: readonly (readonly [number, number | null])[],
  seconds: number,
): { readonly target: number; readonly weight: number } | undefined {
  const index = course.findIndex(([at]) => at > seconds);
  const before = course[index - 1];
  const after = course[index];
  if (before === undefined || after === undefined) return undefined;
  const share = (seconds - before[0]) / (after[0] - before[0]);
  if (before[1] === null) return after[1] === null ? undefined : { target: after[1], weight: share };
  if (after[1] === null) return { target: before[1], weight: 1 - share };
  return { target: before[1] + (after[1] - before[1]) * share, weight: 1 };
}
