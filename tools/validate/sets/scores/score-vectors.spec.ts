import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { scoreVectors } from './score-vectors.js';

const folder = mkdtempSync(join(tmpdir(), 'score-vectors-'));

afterAll(() => rmSync(folder, { recursive: true }));

function linesOf(file: string, text: string) {
  writeFileSync(join(folder, file), text);
  const lines = [...scoreVectors.detect(folder)].map(({ record, rule, value }) => [record, rule, value]);
  rmSync(join(folder, file));
  return lines;
}

describe('tables of scores', () => {
  it('our own tables, every band edge: all exact', () => {
    const detections = [...scoreVectors.detect('test/score-vectors')];
    expect(detections.filter(({ rule }) => rule === 'news2')).toHaveLength(370);
    expect(scoreVectors.score('test/score-vectors', detections)).toEqual({
      'score_vectors.news2.exact': 1,
      'score_vectors.qsofa.exact': 1,
      'score_vectors.sirs.exact': 1,
      'score_vectors.mews.exact': 1,
      'score_vectors.shock-index.exact': 1,
    });
    const wrong = detections.map((line) => ({ ...line, value: -1 }));
    expect(scoreVectors.score('test/score-vectors', wrong)['score_vectors.news2.exact']).toBe(0);
  });

  it('columns in any order, byte-order mark, CRLF, quotes, lower case', () => {
    const text =
      '\uFEFFspo2_scale,acvpu,TEMP_C,"row",hr,sbp,on_oxygen,spo2,rr\r\n2,"v",38.05,x-7,70,120,1,97,16\r\n1,a,37,8,70,120,0,96,16\r\n';
    expect(linesOf('news2.csv', text)).toEqual([
      ['news2.csv#x-7', 'news2', 9],
      ['news2.csv#8', 'news2', 0],
    ]);
  });

  it('what is missing is not zero; what is impossible has no line', () => {
    const head = 'row,rr,sbp,dbp,gcs,hr,temp_c,avpu,paco2,wbc,bands_pct\n';
    const lines = linesOf('qsofa_sirs_mews_si.csv', `${head}1,25,,,,,,,,,\n2,,,,,,,,,,\n3,16,120,70,15,60,98.6,U,,,\n`);
    expect(lines).toEqual([
      ['qsofa_sirs_mews_si.csv#1', 'qsofa', 1],
      ['qsofa_sirs_mews_si.csv#1', 'sirs', 1],
      ['qsofa_sirs_mews_si.csv#1', 'mews', 2],
      ['qsofa_sirs_mews_si.csv#3', 'qsofa', 0],
      ['qsofa_sirs_mews_si.csv#3', 'shock-index', 0.5],
    ]);
  });

  it('a table without columns of truth is not scored, an empty folder gives nothing', () => {
    expect([...scoreVectors.detect(folder)]).toEqual([]);
    writeFileSync(join(folder, 'news2.csv'), 'row,rr\n1,25\n');
    const detections = [...scoreVectors.detect(folder)];
    expect(detections).toEqual([{ record: 'news2.csv#1', kind: 'score', at: 0, rule: 'news2', value: 3 }]);
    expect(scoreVectors.score(folder, detections)).toEqual({});
  });
});
