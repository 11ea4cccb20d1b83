/**
 * The forms of a patient's beats as they come: a few groups of alike beats, each kept as the mean of its beats. The same idea as
 * beat-templates.ts, without the recording: what has not come for long makes room.
 */
import { FORM_LENGTH } from '../beats/beat-forms.js';
import { nearest, sameness } from '../beats/beat-templates.js';
import { decode, encode, type Block } from '../stream/waves/stream-block.js';

/** A group as plain JSON, about 300 characters. */
export interface KeptGroup {
  /** Mean form, mV at FORM_RATE. */
  readonly form: Block;
  /** Beats of the means below, at most MEAN_BEATS. */
  readonly count: number;
  /** Beats ever, the older the less. */
  readonly weight: number;
  /** Mean intervals before and after, over the usual one. */
  readonly before: number;
  readonly after: number;
}

/** A group at work. */
export interface Group {
  form: Float64Array;
  count: number;
  weight: number;
  before: number;
  after: number;
  /** As it was read; undefined once the form has changed. */
  kept: Block | undefined;
}

const MAX_GROUPS = 12;
/** Least sameness of a beat with its group, as in beat-templates.ts. */
const LOOSEST = 0.85;
const STRICTEST = 0.95;
const DISTANCES = 5;
/** A mean follows the newest beats once it has so many. */
const MEAN_BEATS = 300;
/** A group that does not come weighs half after 700 beats. */
const FADE = 0.999;

export function readGroups(kept: readonly KeptGroup[]): Group[] {
  return kept.map((group) => ({ ...group, form: decode([group.form], 2, FORM_LENGTH), kept: group.form }));
}

export function keepGroups(groups: readonly Group[]): readonly KeptGroup[] {
  return groups.map(({ form, count, weight, before, after, kept }) => ({
    form: kept ?? encode([...form], 'g', 2),
    count,
    weight: thousandth(weight),
    before: thousandth(before),
    after: thousandth(after),
  }));
}

/** What became of the groups when a beat was taken in: its own, one that was taken over by it, one that went into another. */
export interface Taken {
  readonly group: number;
  readonly same: number;
  readonly replaced: number | null;
  readonly merged: readonly [gone: number, into: number] | null;
}

/** Takes a beat into the nearest group, or begins one. `usualSame`: the sameness that is usual for this patient's beats. */
export function takeBeat(
  groups: Group[],
  form: Float64Array,
  { before, after }: { readonly before: number; readonly after: number },
  usualSame: number,
): Taken {
  const limit = Math.max(LOOSEST, Math.min(STRICTEST, 1 - DISTANCES * (1 - usualSame)));
  const { group, same, shift } = nearest(groups, form);
  for (const each of groups) each.weight *= FADE;
  const found = groups[group];
  if (found === undefined || same <= limit) {
    const added: Group = { form: form.slice(), count: 1, weight: 1, before, after, kept: undefined };
    if (groups.length < MAX_GROUPS) return { group: groups.push(added) - 1, same, replaced: null, merged: null };
    const least = groups.reduce((low, each, i) => (each.weight < groups[low]!.weight ? i : low), 0);
    groups[least] = added;
    return { group: least, same, replaced: least, merged: null };
  }
  found.weight++;
  found.count = Math.min(MEAN_BEATS, found.count + 1);
  join(found, form, shift, 1 / found.count);
  found.before += (before - found.before) / found.count;
  found.after += (after - found.after) / found.count;
  return { same, replaced: null, ...merge(groups, group, limit + (1 - limit) / 5) };
}

/** Two groups that have come to look alike become one. */
function merge(groups: Group[], group: number, limit: number): Pick<Taken, 'group' | 'merged'> {
  const own = groups[group]!;
  for (const [other, each] of groups.entries()) {
    if (other === group) continue;
    const [into, gone] = each.weight > own.weight ? [other, group] : [group, other];
    const [a, b] = [groups[into]!, groups[gone]!];
    const { same, shift } = sameness(b.form, a.form);
    if (same <= limit) continue;
    const share = b.count / (a.count + b.count);
    join(a, b.form, shift, share);
    a.before += share * (b.before - a.before);
    a.after += share * (b.after - a.after);
    a.count = Math.min(MEAN_BEATS, a.count + b.count);
    a.weight += b.weight;
    groups.splice(gone, 1);
    const place = into > gone ? into - 1 : into;
    return { group: place, merged: [gone, place] };
  }
  return { group, merged: null };
}

function join(group: Group, form: Float64Array, shift: number, rate: number): void {
  for (let i = 0; i < FORM_LENGTH; i++) {
    const place = Math.min(FORM_LENGTH - 1, Math.max(0, i + shift));
    group.form[i]! += rate * (form[place]! - group.form[i]!);
  }
  group.kept = undefined;
}

function thousandth(value: number): number {
  return Math.round(1000 * value) / 1000;
}
