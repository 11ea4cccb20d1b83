/** One thing that really happened, or an alert; seconds from the record's start. */
export interface Happening {
  readonly record: string;
  readonly rule: string;
  readonly at: number;
}

export interface LeadTimes {
  readonly warning: string;
  readonly event: string;
  readonly events: number;
  /** Events with a warning at most {@link HORIZON_SECONDS} before them, and not after. */
  readonly warned: number;
  readonly warnings: number;
  /** Median lead of the warned events, seconds; null when none was. */
  readonly medianSeconds: number | null;
}

/** A warning longer before than this was about something else. */
const HORIZON_SECONDS = 3600;

/** Which alert is the event that a warning predicts, where no list of events is given. */
export const PREDICTS: Readonly<Record<string, string>> = {
  'glucose-low-soon': 'glucose-low',
  'glucose-urgent-low-soon': 'glucose-very-low',
};

/** How long before each event its first warning came. */
export function leadTimes(
  warning: string,
  event: string,
  warnings: readonly Happening[],
  events: readonly Happening[],
): LeadTimes {
  const leads: number[] = [];
  for (const { record, at } of events) {
    const times = warnings
      .filter((one) => one.record === record && one.at <= at && at - one.at <= HORIZON_SECONDS)
      .map((one) => at - one.at);
    if (times.length > 0) leads.push(Math.max(...times));
  }
  leads.sort((a, b) => a - b);
  return {
    warning,
    event,
    events: events.length,
    warned: leads.length,
    warnings: warnings.length,
    medianSeconds: medianOf(leads),
  };
}

/** Median of sorted numbers; null for none. */
export function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
