import { TARGETS, type Target } from './targets.js';

/** `docs/clinical/validation.md`: every figure beside its bar, failures included, and what each number was fitted on. */
export function report(metrics: Readonly<Record<string, number>>): string {
  const judged = TARGETS.map((target) => ({ target, value: metrics[target.metric] }));
  const missed = judged.filter(({ target, value }) => value !== undefined && !meets(target, value));
  const rows = judged.map(
    ({ target, value }) =>
      `| ${target.what} | ${bar(target)} | ${figure(value)} | ${verdict(target, value)} | ${target.heldApart} |`,
  );
  const named = new Set(TARGETS.map(({ metric }) => metric));
  const others = Object.entries(metrics).filter(([name]) => !named.has(name));
  return [
    '# Validation on the development recordings',
    '',
    '> Research software, not a cleared medical device. For clinicians and researchers; it advises no treatment.',
    '',
    'Written by `npm run validate`. The figures are of **development data**: where a number was fitted on the records it is scored on, the',
    'figure flatters, and the column "held apart" is the one to believe. How each was fitted stands on the page of its rule in `rules/`.',
    '',
    `Bars missed by this run: ${missed.length === 0 ? 'none' : missed.map(({ target }) => target.what).join('; ')}.`,
    `Bars missed or not shown held apart: ${doubted()}.`,
    '',
    '| what | bar | this run | meets it | held apart |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Other figures of this run',
    '',
    '| figure | value |',
    '| --- | --- |',
    ...others.map(([name, value]) => `| \`${name}\` | ${figure(value)} |`),
    '',
    'Data: AFDB, NSRDB, MITDB, Challenges 2015 and 2017 from PhysioNet (ODC-By 1.0), Challenge 2019 from PhysioNet (CC BY 4.0), LOOP study from',
    'the Jaeb Center for Health Research (public terms; the analyses are ours, not theirs).',
    '',
  ].join('\n');
}

function doubted(): string {
  const all = TARGETS.filter(({ doubt }) => doubt === true).map(({ what }) => what);
  return all.length === 0 ? 'none' : all.join('; ');
}

function meets({ atLeast, atMost }: Target, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

function verdict(target: Target, value: number | undefined): string {
  if (value === undefined) return 'not run';
  return meets(target, value) ? 'yes' : '**no**';
}

function bar({ atLeast, atMost }: Target): string {
  return atLeast === undefined ? `≤ ${figure(atMost)}` : `≥ ${figure(atLeast)}`;
}

function figure(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value * 1000) / 1000);
}
