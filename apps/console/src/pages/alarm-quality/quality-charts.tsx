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
      <h2 className="visually-hidden">{strings.figures.charts}</h2>
      <BarFigure title={text.perPatientDay} data={figures.perPatientDay} />
      <BarFigure
        title={text.precision}
        data={figures.precision}
        notes={<p className="muted">{text.precisionNote}</p>}
      />
      <BarFigure title={text.toAcknowledge} data={figures.minutesToAcknowledge} />
      <BarFigure title={text.shadowEpisodes} data={figures.shadows} />
    </div>
  );
}
