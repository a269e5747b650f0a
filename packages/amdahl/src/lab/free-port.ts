import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { labErrors } from './lab-errors.ts';

/**
 * Below the ports the system hands out to outgoing connections (32768 and above on Linux), so that
 * none of those can take it while the server restarts.
 */
const firstPort = 15_000;
const lastPort = 32_767;
const portAttempts = 20;

/**
 * A port of 127.0.0.1 that nothing listens on.
 *
 * @throws AMDAHL_LAB_START_FAILED when every one that was tried is taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < portAttempts; attempt += 1) {
    const port = randomInt(firstPort, lastPort + 1);
    if (await isFree(port)) return port;
  }
  throw labErrors.create('AMDAHL_LAB_START_FAILED', {
    expected: `a free port between ${firstPort} and ${lastPort} on 127.0.0.1`,
    found: `${portAttempts} tried and all taken`,
    next: 'End servers that are no longer needed, or give a port.',
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
