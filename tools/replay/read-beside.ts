import type { Findings, ReplayedPatient } from './replay-recording.js';
import { parse, SettingError, textOf } from './read-settings.js';

interface Line {
  readonly record: string;
  readonly rule: string;
  /** Seconds from the record's start. */
  readonly at: number;
  readonly until: number | null;
}

/**
 * What another version of the rules found on the same recordings (`detections.ndjson` of a replay with its code), as the shadow of this
 * run: each of its episodes counts as one alert. Records that it does not name had none.
 */
export function besides(path: string, patients: readonly ReplayedPatient[]): readonly ReplayedPatient[] {
  const lines = readDetections(path);
  return patients.map((patient) => ({ ...patient, shadow: findingsOf(lines, patient) }));
}

function findingsOf(lines: readonly Line[], { record, start }: ReplayedPatient): Findings {
  const own = lines.filter((line) => line.record === record);
  return {
    rung: own.map(({ rule }) => ({ rule, alert: { transition: 'raised', severity: 'medium' } })),
    episodes: own.map(({ rule, at, until }) => ({
      rule,
      severity: 'medium',
      at: start + at * 1000,
      until: until === null ? null : start + until * 1000,
      value: undefined,
      retracted: false,
    })),
  };
}

function readDetections(path: string): readonly Line[] {
  return textOf(path)
    .split(/\r?\n/)
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const { record, rule, at, until } = (parse(`${path}:${index + 1}`, line) ?? {}) as Partial<Line>;
      if (typeof record !== 'string' || typeof rule !== 'string' || typeof at !== 'number') {
        throw new SettingError(
          `${path}:${index + 1}: a detection is { "record", "rule", "at": seconds, "until"?: seconds }`,
        );
      }
      return [{ record, rule, at, until: typeof until === 'number' ? until : null }];
    });
}
