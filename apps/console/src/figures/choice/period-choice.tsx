import { fill, strings } from '../../strings/strings.js';
import { Choice } from './choice.js';
import { PERIODS, type Period } from './period.js';

interface Props {
  readonly value: Period;
  readonly onChange: (period: Period) => void;
}

export function PeriodChoice({ value, onChange }: Props): React.ReactNode {
  return (
    <Choice
      label={strings.figures.period}
      value={String(value)}
      options={PERIODS.map((days) => [String(days), nameOf(days)])}
      onChange={(chosen) => onChange(PERIODS.find((days) => String(days) === chosen) ?? value)}
    />
  );
}

function nameOf(days: Period): string {
  return days === 1 ? strings.figures.lastDay : fill(strings.figures.lastDays, { days });
}
