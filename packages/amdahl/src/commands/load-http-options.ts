import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadOptions } from '@amdahl/load';
import { workbenchErrors } from '../workbench-errors.ts';
import type { OptionValues } from './options.ts';

/** What the flags say about redirects, connections, HTTP/2 and TLS. */
export async function readHttpOptions(
  { redirects, http2, connections, insecure, ca, cert, key }: OptionValues,
  cwd: string,
): Promise<Pick<LoadOptions, 'redirects' | 'http2' | 'maxConnections' | 'tls'>> {
  return {
    ...(redirects === undefined ? {} : { redirects }),
    ...(http2 === undefined ? {} : { http2 }),
    ...(connections === undefined ? {} : { maxConnections: connections }),
    tls: {
      insecure: insecure ?? false,
      ...(ca === undefined ? {} : { ca: await readPem('--ca', ca, cwd) }),
      ...(cert === undefined ? {} : { cert: await readPem('--cert', cert, cwd) }),
      ...(key === undefined ? {} : { key: await readPem('--key', key, cwd) }),
    },
  };
}

async function readPem(flag: string, file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: `a readable file as ${flag}`,
      found: (cause as Error).message,
      next: `Correct the path given with ${flag}.`,
      cause,
    });
  }
}
