import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The built checkout of an earlier commit, made once under `.cache/releases`. It runs on the packages of this one: the commit may not need
 * any that this one no longer has.
 */
export function releaseOf(commit: string): string {
  const folder = resolve('.cache/releases', commit);
  if (existsSync(join(folder, 'dist/apps'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 512 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '-s', 'build'], { cwd: folder, stdio: 'inherit' });
  return folder;
}
