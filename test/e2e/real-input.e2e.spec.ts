import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, CLIENT_ID, CLIENT_SECRET, freePort } from '../support/system.js';

const DATA = process.env['HOMEOSTAT_DATA'] ?? '../shared/data';

/** Real recordings through the public API. Without the recordings only the tool's own answer is checked, and it says so. */
describe('recordings of real people and bundles of synthetic ones', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-recordings-'));
  let app: AppProcess;

  beforeAll(async () => {
    app = await AppProcess.start('all-in-one', { DATA_DIR: dataDir, MQTT_PORT: String(await freePort()) });
  }, 120_000);

  afterAll(async () => {
    await app?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('are replayed: all bundles and samples taken, alerts delivered and signed', () => {
    const arguments_ = ['--url', app.url, '--client', CLIENT_ID, '--secret', CLIENT_SECRET, '--data', DATA];
    const output = execFileSync(
      process.execPath,
      ['dist/tools/real-input/main.js', ...arguments_, '--speed', '3600', '--hours', '4'],
      {
        encoding: 'utf8',
      },
    );
    console.log(output);
    if (!existsSync(DATA)) return expect(output).toContain('nothing was replayed');
    expect(output).toMatch(/^in: 8 bundles \(2021 entries\), 0 refused; (\d+) samples sent, \1 accepted, 0 rejected$/m);
    expect(output).toMatch(/twins: 15 of 15/);
    expect(output).toMatch(/messages, 0 not signed/);
    // Days replayed in half a minute are a backlog (docs/adr/0020): what was over before it was caught up is retrospective.
    expect(output).toMatch(/\d+ × glucose-\S+ alert\.(raised|retrospective)/);
  }, 180_000);
});
