import { scoresOf, type Scores } from '#libs/domain/forecasting';
import { mergedTallies, type HorizonTally, type Tally } from './tally.js';

/** Fewer people than this in a group could be recognised by its scores. */
export const MIN_PEOPLE = 11;
export const OTHER = 'other';

/** What one person's forecasts of one measure by one model came to. */
export interface PersonalTally {
  readonly person: string;
  readonly group: string;
  readonly model: string;
  /** Catalogue number. */
  readonly code: number;
  readonly tally: Tally;
}

export interface GroupScores extends Scores {
  readonly group: string;
  readonly model: string;
  readonly code: number;
  readonly minutes: number;
  readonly unscored: number;
  readonly sums: HorizonTally['sums'];
}

/** Scores by group, model, measure and horizon. `least`: groups of fewer people, of a model and measure, are scored together as {@link OTHER}. */
export function groupScores(tallies: readonly PersonalTally[], least = 0): readonly GroupScores[] {
  const groups = new Map<string, { of: PersonalTally; people: Set<string>; tallies: Tally[] }>();
  for (const one of tallies) {
    const key = keyOf(one, one.group);
    const group = groups.get(key) ?? { of: one, people: new Set(), tallies: [] };
    groups.set(key, group);
    group.people.add(one.person);
    group.tallies.push(one.tally);
  }
  const shown = new Map<string, { of: PersonalTally; tallies: Tally[] }>();
  for (const { of, people, tallies: own } of groups.values()) {
    const group = people.size < least ? OTHER : of.group;
    const key = keyOf(of, group);
    const together = shown.get(key) ?? { of: { ...of, group }, tallies: [] };
    shown.set(key, together);
    together.tallies.push(...own);
  }
  return [...shown.values()]
    .flatMap(({ of: { group, model, code }, tallies: own }) =>
      mergedTallies(own).map(({ minutes, unscored, sums }) => ({
        group,
        model,
        code,
        minutes,
        unscored,
        sums,
        ...scoresOf(sums),
      })),
    )
    .sort(inOrder);
}

function keyOf({ model, code }: PersonalTally, group: string): string {
  return JSON.stringify([group, model, code]);
}

function inOrder(a: GroupScores, b: GroupScores): number {
  if (a.code !== b.code) return a.code - b.code;
  if (a.model !== b.model) return a.model < b.model ? -1 : 1;
  if (a.minutes !== b.minutes) return a.minutes - b.minutes;
  return a.group < b.group ? -1 : Number(a.group > b.group);
}

const BANDS = [
  { from: 80, name: '80-' },
  { from: 65, name: '65-79' },
  { from: 40, name: '40-64' },
  { from: 18, name: '18-39' },
  { from: 7, name: '7-17' },
  { from: 0, name: '0-6' },
] as const;

/** The age band of a person; null: unknown. */
export function ageBand(years: number | null): string {
  return years === null ? 'unknown' : (BANDS.find(({ from }) => years >= from)?.name ?? 'unknown');
}
