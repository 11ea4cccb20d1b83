import { useId } from 'react';
import { strings } from '../../../strings/strings.js';
import { ShownTime } from '../../../times/time.js';
import type { TimelineItem } from '../data/api-types.js';
import { itemText } from './marks.js';

interface TimelineProps {
  readonly items: readonly TimelineItem[];
  readonly now: number;
  /** It stands within a chart's table. */
  readonly isPart?: boolean;
}

/** What the marks at the time axes are, in words, newest first. */
export function Timeline({ items, now, isPart = false }: TimelineProps): React.ReactNode {
  const id = useId();
  const Title = isPart ? 'h4' : 'h3';
  return (
    <div className="timeline">
      <Title id={id}>{strings.patient.timeline}</Title>
      {items.length === 0 && <p>{strings.patient.noTimeline}</p>}
      {/* It scrolls by itself where it is long, also by keyboard. */}
      <ul aria-labelledby={id} tabIndex={items.length === 0 ? undefined : 0}>
        {items.toReversed().map((item) => (
          <li key={item.id ?? `${item.at} ${item.kind} ${item.alert} ${item.transition}`}>
            <ShownTime at={Date.parse(item.at)} now={now} />{' '}
            <span className={item.severity === undefined ? undefined : `severity-${item.severity}`}>
              {itemText(item)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
