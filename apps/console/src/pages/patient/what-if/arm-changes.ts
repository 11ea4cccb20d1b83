const MINUTE = 60_000;

/** What can be changed, as the form offers it. */
export const CHANGE_KINDS = [
  'scale-bolus',
  'scale-basal',
  'add-bolus',
  'add-carbohydrate',
  'remove-carbohydrate',
  'remove-bolus',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface ChangeDraft {
  readonly id: number;
  readonly kind: ChangeKind;
  /** As it was entered: percent, IU or g. */
  readonly amount: string;
  /** As it was entered: minutes after the start. */
  readonly minutes: string;
}

export interface ArmDraft {
  readonly name: string;
  readonly changes: readonly ChangeDraft[];
}

export const hasAmount = (kind: ChangeKind): boolean => !kind.startsWith('remove');
export const hasTime = (kind: ChangeKind): boolean => kind.startsWith('add');

type Code = 'insulin-bolus' | 'insulin-basal-rate' | 'carbohydrate-intake';
export type Change =
  | { kind: 'insulin-bolus' | 'carbohydrate-intake'; at: string; value: number; unit: string }
  | { kind: 'scale'; of: Code; by: number }
  | { kind: 'remove'; of: Code };

/** A change as the API takes it; `from` is the beginning of the branch, ms. A number that is none becomes NaN, see {@link isComplete}. */
export function changeOf({ kind, amount, minutes }: ChangeDraft, from: number): Change {
  const value = numberOf(amount);
  const at = (): string => new Date(from + numberOf(minutes) * MINUTE).toISOString();
  switch (kind) {
    case 'scale-bolus':
      return { kind: 'scale', of: 'insulin-bolus', by: factor(value) };
    case 'scale-basal':
      return { kind: 'scale', of: 'insulin-basal-rate', by: factor(value) };
    case 'add-bolus':
      return { kind: 'insulin-bolus', at: at(), value, unit: '[IU]' };
    case 'add-carbohydrate':
      return { kind: 'carbohydrate-intake', at: at(), value, unit: 'g' };
    case 'remove-carbohydrate':
      return { kind: 'remove', of: 'carbohydrate-intake' };
    case 'remove-bolus':
      return { kind: 'remove', of: 'insulin-bolus' };
  }
}

/** Whether all numbers that a change needs are numbers. */
export function isComplete({ kind, amount, minutes }: ChangeDraft): boolean {
  if (hasAmount(kind) && !Number.isFinite(numberOf(amount))) return false;
  return !hasTime(kind) || Number.isFinite(numberOf(minutes));
}

/** −30 % is a factor of 0.7, without the digits that binary fractions add. */
function factor(percent: number): number {
  return Math.round(1e6 + percent * 1e4) / 1e6;
}

function numberOf(entered: string): number {
  const text = entered.trim().replace(',', '.').replace('−', '-');
  return text === '' ? Number.NaN : Number(text);
}

export interface ScenarioAsked {
  readonly arms: readonly ArmDraft[];
  readonly startHoursAgo: number;
  readonly lastsHours: number;
  /** What is known, ms; null: everything. */
  readonly knownAt: number | null;
}

/** The request of a scenario; `now`: ms. */
export function scenarioRequest({ arms, startHoursAgo, lastsHours, knownAt }: ScenarioAsked, now: number) {
  const from = (knownAt ?? now) - startHoursAgo * 60 * MINUTE;
  return {
    // A branch that begins now begins when the request arrives.
    ...(startHoursAgo === 0 ? {} : { from: new Date(from).toISOString() }),
    ...(knownAt === null ? {} : { knownAt: new Date(knownAt).toISOString() }),
    minutes: lastsHours * 60,
    arms: arms.map(({ name, changes }) => ({ name: name.trim(), changes: changes.map((one) => changeOf(one, from)) })),
  };
}

/** What the API refused of one arm, or of one of its changes. */
export function refusalsOf(
  errors: readonly { readonly pointer: string; readonly detail: string }[],
  arm: number,
  change?: number,
): readonly string[] {
  const place = `/arms/${arm}`;
  return errors
    .filter(({ pointer }) => {
      if (change !== undefined) return `${pointer}/`.startsWith(`${place}/changes/${change}/`);
      return `${pointer}/`.startsWith(`${place}/`) && !/\/changes\/\d/.test(pointer);
    })
    .map(({ detail }) => detail);
}
