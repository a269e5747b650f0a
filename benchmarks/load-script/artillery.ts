import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Artillery is fetched for the run: its licence (MPL-2.0) keeps it out of the dependencies. */
export const artilleryVersion = '2.0.34';

let installed: string | undefined;

/** Path of Artillery's command, installed into a temporary folder that goes when this process ends. */
export function artillery(): string {
  if (installed !== undefined) return installed;
  const folder = mkdtempSync(join(tmpdir(), 'amdahl-artillery-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  process.stderr.write(`fetching Artillery ${artilleryVersion}\n`);
  const flags = ['--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit'];
  execFileSync('npm', ['install', ...flags, `artillery@${artilleryVersion}`], {
    stdio: 'ignore',
    cwd: folder,
  });
  installed = join(folder, 'node_modules/artillery/bin/run');
  return installed;
}
