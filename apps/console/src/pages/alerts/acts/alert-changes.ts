import type { Alert } from '../../../api/alert.js';

/** A member of an alert that is another than before. */
export interface Change {
  readonly what: 'severity' | 'status' | 'summary' | 'recurring';
  readonly before: string;
  readonly after: string;
}

/** What of an alert changed since somebody saw it, severity first. */
export function alertChanges(seen: Alert, current: Alert): readonly Change[] {
  const changes: readonly Change[] = [
    { what: 'severity', before: seen.severity, after: current.severity },
    { what: 'status', before: seen.status, after: current.status },
    { what: 'summary', before: seen.summary, after: current.summary },
    { what: 'recurring', before: timesOf(seen), after: timesOf(current) },
  ];
  return changes.filter(({ before, after }) => before !== after);
}

function timesOf({ recurring }: Alert): string {
  return String(recurring?.count ?? 1);
}
