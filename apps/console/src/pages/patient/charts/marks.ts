import type { DrawnMark } from '../../../charts/plot/backdrop.js';
import { fill, strings } from '../../../strings/strings.js';
import type { TimelineItem } from '../data/api-types.js';

export type { TimelineItem };

/** What of the timeline stands at the axis of a measure's chart: what is about it, and what is about no measure. */
export function itemsOfChart(items: readonly TimelineItem[], code: string): readonly TimelineItem[] {
  return items.filter((item) => item.code === undefined || item.code === code);
}

export function drawnMarks(items: readonly TimelineItem[]): readonly DrawnMark[] {
  return items.map(({ at, kind, severity }) => ({
    at: Date.parse(at),
    kind: kind === 'alert' ? ('alert' as const) : ('act' as const),
    severity,
  }));
}

/** An alert or an act in words, without its time. */
export function itemText({ kind, title, severity, transition, author, reason, summary }: TimelineItem): string {
  const { timelineKinds, severity: severities, by, because } = strings.patient;
  const { transitions, reasons } = strings.alerts.details;
  // Why an alert changed is a code; why a person did something is in their words.
  const ofAlert: Readonly<Record<string, string>> = kind === 'alert' ? reasons : {};
  const parts = [
    transition === undefined ? undefined : transitions[transition].toLowerCase(),
    severity === undefined ? undefined : severities[severity].toLowerCase(),
    author === undefined ? undefined : fill(by, { who: author }),
    reason === undefined ? undefined : (ofAlert[reason] ?? fill(because, { reason })),
    summary,
  ].filter((part) => part !== undefined);
  return `${timelineKinds[kind]}: ${title}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}
