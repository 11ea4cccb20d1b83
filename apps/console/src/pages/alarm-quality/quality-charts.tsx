import { useMemo } from 'react';
import { BarFigure } from '../../figures/bar-figure.js';
import { strings } from '../../strings/strings.js';
import { qualityFigures, type AlarmQuality } from './quality-figures.js';

const text = strings.alarmQuality;

interface Props {
  readonly quality: AlarmQuality;
  readonly titleOf: (rule: string) => string;
}

export function QualityCharts({ quality, titleOf }: Props): React.ReactNode {
  const figures = useMemo(() => qualityFigures(quality, { ...text.figures, titleOf }), [quality, titleOf]);
  return (
    <div className="figures">
      <BarFigure title={text.perPatientDay} data={figures.perPatientDay} />
      <BarFigure
        title={text.precision}
        data={figures.precision}
        notes={<p className="muted">{text.precisionNote}</p>}
      />
      <BarFigure title={text.toAcknowledge} data={figures.minutesToAcknowledge} />
      <BarFigure title={text.liveAgainstShadow} data={figures.shadows} />
    </div>
  );
}
