import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where and when figures were taken; stands in every result file. */
export interface Surroundings {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly hypopg: string;
  /** Load of the machine before: milliseconds of a busy one are no figures. */
  readonly loadBefore: number;
}

export function surroundings(): Surroundings {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const processors = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${platform()} ${release()} ${arch()}, ${processors}, ${memory}`,
    node: process.version,
    hypopg: packageVersion('postgresql-15-hypopg'),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function packageVersion(name: string): string {
  try {
    return execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' });
  } catch {
    return 'none';
  }
}
