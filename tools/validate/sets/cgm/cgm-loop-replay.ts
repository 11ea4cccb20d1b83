import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { createTwinRun } from '../../../replay/twin-run.js';
import type { SensorFile } from './cgm-loop-files.js';

/** An episode of a rule as it became known, seconds from the file's first row. */
export interface KnownEpisode {
  readonly rule: string;
  /** When it was emitted, or suppressed because another alert of the same cause stood. */
  readonly at: number;
}

export interface GlucoseRun {
  readonly episodes: readonly KnownEpisode[];
  /** What paged by the alarm policy, where somebody acknowledges each page at once. Technical alerts are left out. */
  readonly pages: readonly KnownEpisode[];
}

const GLUCOSE = 9;

/** A file through the twin, reading by reading, as the engine would lead it. Nothing is known before its row. */
export function runGlucose({ start, readings }: SensorFile): GlucoseRun {
  const known = new Set<string>();
  const episodes: KnownEpisode[] = [];
  const pages: KnownEpisode[] = [];
  const seconds = (t: number): number => (t - start) / 1000;
  const first = (episode: string): boolean => !known.has(episode) && known.add(episode).size > 0;
  let unseen: string[] = [];
  const run = createTwinRun(DEFAULT_CATALOGUE, 'loop', [], ({ transitions, suppressions }) => {
    for (const { rule, episode, alert } of transitions) {
      const { transition, category } = alert;
      if ((transition !== 'raised' && transition !== 'escalated') || category === 'technical') continue;
      pages.push({ rule, at: seconds(now) });
      unseen.push(episode);
      if (transition === 'raised' && first(episode)) episodes.push({ rule, at: seconds(now) });
    }
    for (const { rule, episode } of suppressions) if (first(episode)) episodes.push({ rule, at: seconds(now) });
  });
  let now = Number.NEGATIVE_INFINITY;
  for (const { t, mgdl } of readings) {
    now = Math.max(now, t);
    run.take([{ c: GLUCOSE, t, x: mgdl }], { source: 'cgm', device: 'sensor' }, now);
    const paged = unseen;
    unseen = [];
    for (const episode of paged) run.acknowledge(episode, now);
  }
  return { episodes, pages };
}
