import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { alarmLoad, createPlainCounter, patientDays, watched } from './alarm-load.js';
import { leadTimes } from './lead-times.js';
import { besides } from './read-beside.js';
import { readLimits, SettingError } from './read-settings.js';
import { recordingsAt, type BadLine } from './recording.js';
import { replayRecording, type ReplayOptions } from './replay-recording.js';
import { detectionsOf, summarise } from './summarise.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const T0 = Date.UTC(2026, 2, 1);
const at = (minute: number): string => new Date(T0 + minute * 60_000).toISOString();
/** Two lows with in-range hours around them; the second does not get as low as 66. */
const NIGHT = [110, 100, 90, 80, 64, 62, 66, 80, 95, 100, 110, 110, 100, 90, 80, 69, 68, 69, 80, 95, 100, 110, 110];

function csv(values: readonly number[], patient = 'p1'): string {
  const rows = values.map((value, i) => `${patient},glucose,${value},mg/dL,${at(i * 5)},cgm`);
  return ['patient,code,value,unit,effectiveAt,source', ...rows, ''].join('\n');
}

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function replay(path: string, options: Partial<ReplayOptions> = {}) {
  const bad: BadLine[] = [];
  const onBad = (one: BadLine): void => void bad.push(one);
  const settings = { catalogue: DEFAULT_CATALOGUE, rules: undefined, limits: [], shadow: undefined, onBad, ...options };
  const patients = [];
  for (const file of recordingsAt(path)!) patients.push(...(await replayRecording(file, settings)));
  const report = summarise(1, patients, undefined, { count: bad.length, listed: bad });
  return { bad, patients, report, detections: detectionsOf(patients) };
}

const LOW = new Set(['glucose-low']);

describe('replay', () => {
  it('finds the lows of a CSV, with seconds from the start', async () => {
    const { bad, detections, report } = await replay(write('night.csv', csv(NIGHT)), { rules: LOW });
    expect(bad).toEqual([]);
    expect(detections.map((one) => [one.record, one.kind, one.rule, one.at, one.value])).toEqual([
      ['night', 'episode', 'glucose-low', 20 * 60, 64],
      ['night', 'episode', 'glucose-low', 75 * 60, 69],
    ]);
    expect(detections.every(({ at: from, until }) => until !== undefined && until > from)).toBe(true);
    expect(report.patientDays).toBeCloseTo((22 * 5) / 1440);
    expect(report.load).toMatchObject([{ rule: 'glucose-low', alerts: 2, plainAlerts: 2, ratio: 1, plainCovered: 2 }]);
  });

  it('gives the same from CSV, NDJSON, a JSON array and gzip, and the same bytes each time', async () => {
    const samples = NIGHT.map((value, i) => ({
      patient: 'p1',
      code: 'glucose',
      value,
      unit: 'mg/dL',
      effectiveAt: at(i * 5),
      source: 'cgm',
    }));
    const ndjson = samples.map((sample) => JSON.stringify(sample)).join('\n');
    const { detections } = await replay(write('same.csv', csv(NIGHT)));
    for (const path of [
      write('same.ndjson', ndjson),
      write('same.json', JSON.stringify(samples, null, 1)),
      write('same.csv.gz', gzipSync(csv(NIGHT))),
    ]) {
      const first = await replay(path);
      const second = await replay(path);
      expect(first.bad).toEqual([]);
      expect(first.detections).toEqual(detections);
      expect(JSON.stringify(second.report)).toBe(JSON.stringify(first.report));
    }
  });

  it('says file and line of what is wrong, and replays the rest', async () => {
    const lines = csv(NIGHT).split('\n');
    lines.splice(3, 0, 'p1,glucose,abc,mg/dL,2026-03-01T00:11:00Z,cgm', 'p1,glucose', 'p1,glucose,90,mg/dL,today,cgm');
    const path = write('bad.csv', lines.join('\n'));
    const { bad, detections } = await replay(path, { rules: LOW });
    expect(bad.map(({ file, line, code }) => [file, line, code])).toEqual([
      [path, 4, 'value-not-a-number'],
      [path, 5, 'fields-mismatch'],
      [path, 6, 'timestamp-invalid'],
    ]);
    expect(detections).toHaveLength(2);
  });

  it('refuses what it does not know, and a broken gzip', async () => {
    expect((await replay(write('notes.txt', 'dear diary\n'))).bad).toMatchObject([{ line: 1, code: 'unknown-format' }]);
    expect((await replay(write('empty.csv', ''))).bad).toMatchObject([{ line: 0, code: 'empty' }]);
    const broken = gzipSync(csv(NIGHT)).subarray(0, 60);
    expect((await replay(write('cut.csv.gz', broken))).bad.map(({ code }) => code)).toContain('unreadable');
    expect((await replay(write('lonely.hea', 'lonely 1 250 100\n'))).bad).toMatchObject([{ code: 'wfdb-empty' }]);
    expect(recordingsAt(join(folder, 'nowhere'))).toBeUndefined();
  });

  it('reads glucose exports and beat marks', async () => {
    const rows = NIGHT.map((value, i) => `${i},${at(i * 5).slice(0, 19)},EGV,,${value}`);
    const loop = ['Index,Timestamp,Event Type,Subtype,Glucose (mg/dL)', '0,2026-03-01T00:00:00,Insulin,,', ...rows];
    const glucose = await replay(write('loop_7.csv.gz', gzipSync(loop.join('\n'))), { rules: LOW });
    expect(glucose.bad).toEqual([]);
    expect(glucose.detections).toHaveLength(2);

    // A beat each 200 samples at 250 Hz (800 ms): MIT words of code 1.
    const marks = Buffer.alloc(2 * 101);
    for (let i = 0; i < 100; i++) marks.writeUInt16LE((1 << 10) | 200, i * 2);
    write('beats.atr', marks);
    const beats = await replay(write('beats.hea', 'beats 0 250 20000\n'));
    expect(beats.bad).toEqual([]);
    expect(beats.report.values).toBe(99);
    expect(beats.report.patientDays * 86_400).toBeCloseTo(99 * 0.8, 1);
  });

  it('compares candidate limits on the same recording', async () => {
    const limits = write(
      'candidate.limits',
      '{"thresholds":[{"rule":"glucose-low","limits":{"limit":66,"clear":75}}]}',
    );
    const shadow = readLimits(DEFAULT_CATALOGUE, limits);
    const { report } = await replay(write('shadow.csv', csv(NIGHT)), { rules: LOW, shadow });
    expect(report.shadow).toMatchObject([
      { rule: 'glucose-low', live: 2, shadow: 1, both: 1, onlyLive: 1, onlyShadow: 0 },
    ]);
    const same = await replay(join(folder, 'shadow.csv'), { rules: LOW, limits: shadow, shadow });
    expect(same.report.load).toMatchObject([{ alerts: 1, plainAlerts: 1 }]);
    expect(same.report.shadow).toMatchObject([{ both: 1, onlyLive: 0, onlyShadow: 0, medianLeadSeconds: 0 }]);
  });

  it('compares with what another version of the code found', async () => {
    const { patients } = await replay(write('version.csv', csv(NIGHT)), { rules: LOW });
    const line = (record: string, from: number, until: number) =>
      JSON.stringify({ record, kind: 'episode', rule: 'glucose-low', at: from * 60, until: until * 60 });
    const other = write(
      'other.found',
      [line('version', 15, 30), line('version', 200, 210), line('else', 75, 90)].join('\n'),
    );
    const { shadow } = summarise(1, besides(other, patients), undefined, { count: 0, listed: [] });
    expect(shadow).toMatchObject([
      { live: 2, shadow: 2, both: 1, onlyLive: 1, onlyShadow: 1, earlier: 1, medianLeadSeconds: 300 },
    ]);
    expect(() => besides(write('wrong.found', '{"record":1}'), patients)).toThrow(SettingError);
  });

  it('keeps patients apart, and takes late and repeated samples as the engine does', async () => {
    const rows = csv(NIGHT).trimEnd().split('\n');
    const swapped = [...rows, ...csv(NIGHT, 'p2').trimEnd().split('\n').slice(1), rows[5]!, rows[5]!];
    const { detections } = await replay(write('two.csv', swapped.join('\n')), { rules: LOW });
    expect(detections.map(({ record }) => record)).toEqual(['two/p1', 'two/p1', 'two/p2', 'two/p2']);
  });

  it('counts an episode that was folded into another alert, but no alert for it', async () => {
    const values = [90, 75, 60, 50, 62, 68, 80, 85, 90, 95, 99, 104];
    const rows = csv(values).trimEnd().split('\n');
    // All in one record: very low leads, low is folded into it.
    const { report, detections } = await replay(
      write('folded.csv', [rows[0], rows[1], rows[4], ...rows.slice(5)].join('\n')),
    );
    const low = detections.find(({ rule }) => rule === 'glucose-low');
    expect(low).toMatchObject({ at: 900 });
    expect(low!.until).toBeGreaterThan(low!.at);
    expect(report.load).toContainEqual(expect.objectContaining({ rule: 'glucose-low', alerts: 0, plainCovered: 1 }));
  });

  it('refuses limits that no rule has', () => {
    expect(() =>
      readLimits(DEFAULT_CATALOGUE, write('wrong.limits', '[{"rule":"glucose-low","limits":{"colour":3}}]')),
    ).toThrow(SettingError);
    expect(() => readLimits(DEFAULT_CATALOGUE, write('wrong.limits', '{}'))).toThrow(SettingError);
    expect(() => readLimits(DEFAULT_CATALOGUE, join(folder, 'nowhere'))).toThrow(SettingError);
  });
});

describe('the example', () => {
  it('is what the page says: a low that the candidate sees no later', async () => {
    const shadow = readLimits(DEFAULT_CATALOGUE, 'examples/replay/candidate.json');
    const { report, bad } = await replay('examples/replay/night.csv', { rules: new Set(['glucose-low-soon']), shadow });
    expect(bad).toEqual([]);
    expect(report.shadow![0]!.both).toBeGreaterThan(0);
    expect(report.shadow![0]!.later).toBe(0);
    expect(readFileSync('docs/replay.md', 'utf8')).toContain('examples/replay/candidate.json');
  });
});

describe('alarm load', () => {
  it('counts what rang per day watched, without pauses', () => {
    const spans = [0, 6, 12, 36, 42].reduce(
      (all, hour) => watched(all, hour * 3_600_000),
      [] as ReturnType<typeof watched>,
    );
    expect(patientDays(spans)).toBe(0.75);
    const told = (transition: 'raised' | 'escalated' | 'resolved', severity: 'high' | 'low') => ({
      rule: 'r',
      alert: { transition, severity },
    });
    expect(alarmLoad([told('raised', 'low'), told('escalated', 'high'), told('resolved', 'low')], spans)).toEqual([
      { rule: 'r', alerts: 2, bySeverity: { high: 1, medium: 0, low: 1 }, perPatientDay: 2 / 0.75 },
    ]);
    expect(alarmLoad([told('raised', 'low')], [])[0]!.perPatientDay).toBeNull();
  });

  it('fires a plain threshold at each crossing', () => {
    const counter = createPlainCounter(DEFAULT_CATALOGUE, LOW, []);
    [80, 69, 68, 71, 60, 90].forEach((x, i) => counter.take({ c: 9, t: i * 1000, x }));
    counter.take({ c: 9, t: 6000, x: 40, q: 2 });
    expect(counter.excursions.get('glucose-low')).toEqual([
      { at: 1, until: 3 },
      { at: 4, until: 5 },
    ]);
  });

  it('measures leads up to an hour', () => {
    const one = (seconds: number, record = 'a') => ({ record, rule: 'x', at: seconds });
    const leads = leadTimes('w', 'e', [one(0), one(600), one(5000, 'b')], [one(1200), one(9000), one(5100, 'b')]);
    expect(leads).toMatchObject({ events: 3, warned: 2, warnings: 3, medianSeconds: 650 });
  });
});
