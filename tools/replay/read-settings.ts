import { readFileSync } from 'node:fs';
import { checkThresholds, type Catalogue } from '#libs/domain/twin';
import type { Happening } from './lead-times.js';
import type { SetLimit } from './twin-run.js';

/** A setting that cannot be used: one sentence for the one who started the tool. */
export class SettingError extends Error {}

/** Limits as `PUT /v1/twins/{patient}/thresholds` takes them: a list of `{ rule, limits }`, alone or under `thresholds`. */
export function readLimits(catalogue: Catalogue, path: string): readonly SetLimit[] {
  const parsed = parse(path, textOf(path));
  const list: unknown = Array.isArray(parsed) ? parsed : (parsed as { thresholds?: unknown } | null)?.thresholds;
  if (!Array.isArray(list))
    throw new SettingError(`${path}: give a list of { "rule", "limits" }, or { "thresholds": [...] }`);
  const rules = new Set<string>();
  return list.map((entry: unknown, index) => {
    const { rule, limits, reason } = (entry ?? {}) as { rule?: unknown; limits?: unknown; reason?: unknown };
    if (typeof rule !== 'string' || typeof limits !== 'object' || limits === null || Array.isArray(limits)) {
      throw new SettingError(`${path}: /${index} must be { "rule": text, "limits": { name: number } }`);
    }
    const [refusal] = checkThresholds(catalogue, rule, limits as Record<string, number>);
    if (refusal !== undefined) throw new SettingError(`${path}: /${index} ${rule}: ${refusal.message}`);
    if (rules.has(rule)) throw new SettingError(`${path}: /${index} ${rule}: a rule may be given once`);
    rules.add(rule);
    const why = typeof reason === 'string' && reason !== '' ? reason : 'replay';
    return { rule, limits: limits as Record<string, number>, reason: why, author: 'replay' };
  });
}

/** Reference events, NDJSON `{ record, rule, at }` with `at` in seconds from the record's start. */
export function readEvents(path: string): readonly Happening[] {
  return textOf(path)
    .split(/\r?\n/)
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const { record, rule, at } = (parse(`${path}:${index + 1}`, line) ?? {}) as Partial<Happening>;
      if (typeof record !== 'string' || typeof rule !== 'string' || typeof at !== 'number') {
        throw new SettingError(`${path}:${index + 1}: an event is { "record", "rule", "at": seconds }`);
      }
      return [{ record, rule, at }];
    });
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SettingError(`${path}: cannot be read`);
  }
}

export function parse(place: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingError(`${place}: not JSON`);
  }
}
