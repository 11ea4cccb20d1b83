import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { GlucoseReading } from '#libs/domain/glucose';
import { checkVital, VITAL_SPECS, type VitalReason, type VitalState } from '#libs/domain/signal-quality';
import { readPeople } from '../../validate/sets/cgm/cgm-iglu.js';
import { readSensorFiles } from '../../validate/sets/cgm/cgm-loop-files.js';
import { printAlarmQuality, printShortEcgQuality } from './wave-quality.js';

/**
 * `node dist/tools/fit/signal-quality/signal-quality.js [--data DIR]`: the indices of waves on cinc2017 and cinc2015, and the checks of glucose on cgm_loop, cgm_iglu
 * and cgm_bigideas. Nothing is fitted. The figures of docs/clinical/signal-quality.md.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

/** Sensor values of `Dexcom_*.csv.gz`: timestamp, kind, mg/dL. */
function* readBigIdeas(folder: string): Iterable<readonly GlucoseReading[]> {
  for (const name of readdirSync(folder).filter((each) => each.startsWith('Dexcom_'))) {
    const lines = gunzipSync(readFileSync(join(folder, name)))
      .toString('utf8')
      .split(/\r?\n/)
      .slice(1);
    yield lines.flatMap((line) => {
      const [time = '', kind, value = ''] = line.split(',');
      return kind === 'EGV' && value !== ''
        ? [{ t: Date.parse(`${time.replace(' ', 'T')}Z`), mgdl: Number(value) }]
        : [];
    });
  }
}

/** Each person's readings in order of time. */
function printGlucose(name: string, people: Iterable<readonly GlucoseReading[]>): void {
  let [all, doubtful, bad] = [0, 0, 0];
  const reasons = new Map<VitalReason, number>();
  for (const readings of people) {
    let state: VitalState | null = null;
    for (const { t, mgdl } of readings.toSorted((a, b) => a.t - b.t)) {
      const verdict = checkVital(VITAL_SPECS.glucose!, state, { t, x: mgdl, quality: 0 });
      state = verdict.state;
      all++;
      if (verdict.quality > 0) doubtful++;
      if (verdict.quality > 1) bad++;
      if (verdict.quality > 0)
        for (const reason of verdict.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const why = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ');
  console.log(
    `${name}: ${doubtful} of ${all} doubtful or bad (${((100 * doubtful) / all).toFixed(2)} %), bad ${bad}; ${why}`,
  );
}

printShortEcgQuality(options.data);
printAlarmQuality(options.data);
for (const { record, readings } of readSensorFiles(join(options.data, 'cgm_loop'))) printGlucose(record, [readings]);
printGlucose('cgm_iglu', readPeople(join(options.data, 'cgm_iglu')).values());
printGlucose('cgm_bigideas', readBigIdeas(join(options.data, 'cgm_bigideas')));
