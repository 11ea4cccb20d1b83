import { DataTable } from '../../figures/table/data-table.js';
import { strings } from '../../strings/strings.js';
import type { AlarmQuality } from './quality-figures.js';

const text = strings.alarmQuality;

interface Props {
  readonly shadows: AlarmQuality['shadows'];
  readonly titleOf: (rule: string) => string;
}

/** Rules that run in shadow, each beside the live one: what it would have emitted more, less and earlier. */
export function ShadowsTable({ shadows, titleOf }: Props): React.ReactNode {
  if (shadows.length === 0) return <p>{text.noShadows}</p>;
  const rows = shadows.map((shadow) => [
    titleOf(shadow.rule),
    titleOf(shadow.of),
    shadow.liveFound,
    shadow.found,
    shadow.liveAlsoInShadow,
    shadow.onlyInShadow,
    shadow.perPatientDay,
    shadow.medianLeadSeconds === null ? null : shadow.medianLeadSeconds / 60,
  ]);
  return <DataTable caption={text.liveAgainstShadow} columns={text.shadowColumns} rows={rows} />;
}
