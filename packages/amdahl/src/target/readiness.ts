import { connect } from 'node:net';
import { systemClock } from '@amdahl/metrics';
import { httpGet } from './http-get.ts';

/** How waiting for a service ended. */
export type Readiness =
  | { readonly ready: true }
  /**
   * What the last attempt met that had its time, as a noun phrase: `status 503`, `a refused
   * connection`. One that the end cut short says less than the one before.
   */
  | { readonly ready: false; readonly lastFailure: string };

export interface ReadinessOptions {
  /** Asked until it answers below status 500. */
  readonly url: string;
  readonly timeoutMs: number;
  /** A refused connection is final: nobody is starting the service. @default false */
  readonly refusedIsFinal?: boolean;
  readonly signal: AbortSignal;
}

const pollMs = 50;
/** One attempt may hang while the app warms up; a later one may not. */
const attemptTimeoutMs = 5_000;
/** Replies of at least this status mean the app is not ready yet: its own failures. */
const serverErrorStatus = 500;

/** Polls a URL until the service behind it answers. Rejects only when the signal is aborted. */
export async function waitUntilReady(options: ReadinessOptions): Promise<Readiness> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let lastFailure: string | undefined;
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    try {
      const { status } = await httpGet(options.url, {
        timeoutMs: Math.max(pollMs, Math.min(leftMs, attemptTimeoutMs)),
        signal: options.signal,
      });
      if (status < serverErrorStatus) return { ready: true };
      lastFailure = `status ${status}`;
    } catch (error) {
      options.signal.throwIfAborted();
      const isCutShort = leftMs < attemptTimeoutMs && performance.now() >= deadlineMs;
      if (!isCutShort) lastFailure = undefined;
      lastFailure ??= describeFailure(error);
      if (options.refusedIsFinal === true && codeOf(error) === 'ECONNREFUSED') {
        return { ready: false, lastFailure };
      }
    }
    if (performance.now() + pollMs >= deadlineMs) return { ready: false, lastFailure };
    await systemClock.sleep(pollMs, options.signal);
  }
}

/** Whether something accepts connections at the URL's host and port. */
export function acceptsConnections(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      // URL keeps the brackets of an IPv6 address.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      timeout: attemptTimeoutMs,
    });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on('connect', () => settle(true));
    socket.on('timeout', () => settle(false));
    socket.on('error', () => settle(false));
  });
}

/** A failed request as a noun phrase for an error message. */
export function describeFailure(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'a refused connection: nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'a host name that does not resolve';
    case 'ECONNRESET':
      return 'a connection closed without a reply';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Node reports one error per address tried as an AggregateError whose own code is the first's. */
function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
