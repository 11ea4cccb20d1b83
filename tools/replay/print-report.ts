import type { ForecastReport } from './forecasts/summarise-forecasts.js';
import type { Report } from './summarise.js';

/** The report as tables for people. `perPatient` adds one line for each. */
export function printedReport(report: Report, perPatient: boolean): string {
  const { recordings, patients, samples, values, load, leads, shadow } = report;
  const lines = [
    `recordings ${recordings}   patients ${patients}   samples ${samples}   values ${values}   patient-days ${shown(report.patientDays)}   bad lines ${report.badLines}`,
    '',
    ...table(
      ['rule', 'alerts', 'high', 'medium', 'low', 'per patient-day', 'plain alerts', 'ratio', 'plain covered'],
      load.map(({ rule, alerts, bySeverity, perPatientDay, plainAlerts, ratio, plainCovered }) => [
        rule,
        ...[
          alerts,
          bySeverity.high,
          bySeverity.medium,
          bySeverity.low,
          perPatientDay,
          plainAlerts,
          ratio,
          plainCovered,
        ].map(shown),
      ]),
    ),
  ];
  if (load.length === 0) lines.push('nothing was found');
  if (leads.length > 0) {
    const rows = leads.map((one) => [
      one.warning,
      one.event,
      ...[one.events, one.warned, one.warnings, one.medianSeconds].map(shown),
    ]);
    lines.push('', ...table(['warning', 'event', 'events', 'warned', 'warnings', 'median lead, s'], rows));
  }
  if (shadow !== undefined) {
    const rows = shadow.map(({ rule, ...numbers }) => [rule, ...Object.values(numbers).map(shown)]);
    lines.push('', ...table([...SHADOW_HEAD], rows));
  }
  if (report.forecasts !== undefined) lines.push('', ...forecastLines(report.forecasts));
  if (perPatient) {
    const rows = report.patientLoad.map((one) => [
      one.record,
      ...[one.patientDays, one.alerts, one.patientDays > 0 ? one.alerts / one.patientDays : null].map(shown),
    ]);
    lines.push('', ...table(['record', 'patient-days', 'alerts', 'per patient-day'], rows));
  }
  return `${lines.join('\n')}\n`;
}

function forecastLines({ issued, scored, scores, refusals }: ForecastReport): readonly string[] {
  const rows = scores.map(({ model, code, ...numbers }) => [model, code, ...Object.values(numbers).map(shown)]);
  const refused = refusals.map(({ model, code, reason, times }) => [model, code, reason, String(times)]);
  return [
    `forecasts ${issued}   scored ${scored}`,
    '',
    ...table(FORECAST_HEAD, rows),
    ...(refused.length === 0 ? [] : ['', ...table(['model', 'measure', 'began to refuse', 'times'], refused)]),
  ];
}

const FORECAST_HEAD = [
  'model',
  'measure',
  'min ahead',
  'n',
  'unscored',
  'RMSE',
  'MAE',
  'bias',
  'CRPS',
  'in 80 %',
  'in 95 %',
  'skill, persistence',
  'skill, mean',
];

const SHADOW_HEAD = [
  'shadow',
  'live',
  'shadow',
  'live/day',
  'shadow/day',
  'both',
  'only live',
  'only shadow',
  'earlier',
  'later',
  'median lead, s',
] as const;

function shown(value: number | null): string {
  if (value === null) return '-';
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
}
