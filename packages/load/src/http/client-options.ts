import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { loadErrors } from '../load-errors.ts';

/** Five times what a browser follows (20 in the Fetch standard). */
const mostRedirects = 100;

/** How connections are secured. Keys and certificates are PEM texts. */
export interface TlsOptions {
  /** Takes any certificate of the server, expired, self-signed or of another name. @default false */
  readonly insecure?: boolean;
  /** Authorities trusted instead of the system's. */
  readonly ca?: string;
  /** Certificate shown to the server. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
}

/** How all users of a run speak HTTP. Plain values, so that it crosses threads. */
export interface ClientOptions {
  /** Redirects a script's request follows at most unless it says otherwise. */
  readonly redirects: number;
  readonly http2: boolean;
  /** Connections of the whole run at once; undefined for any number. */
  readonly maxConnections: number | undefined;
}

/** What a run's options say about its HTTP. */
interface GivenOptions {
  readonly redirects?: number;
  readonly http2?: boolean;
  readonly maxConnections?: number;
  readonly tls?: TlsOptions;
}

/** @throws `AMDAHL_LOAD_BAD_OPTIONS` when one of them cannot be used. */
export function clientOptionsOf(given: GivenOptions): ClientOptions {
  const { redirects = 0, http2 = false, maxConnections } = given;
  if (!(Number.isInteger(redirects) && redirects >= 0 && redirects <= mostRedirects)) {
    throw bad(`a whole number of redirects from 0 to ${mostRedirects}`, redirects);
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections > 0)) {
    throw bad('a whole number of connections above 0', maxConnections);
  }
  const { ca, cert, key } = given.tls ?? {};
  if ((cert === undefined) !== (key === undefined)) {
    throw bad(
      'a client certificate with its key',
      cert === undefined ? 'no certificate' : 'no key',
    );
  }
  try {
    // OpenSSL takes a text without certificates for no authority at all.
    if (ca !== undefined) void new X509Certificate(ca);
    createSecureContext({ ca, cert, key });
  } catch (error) {
    throw bad('certificates and a key in PEM that belong together', (error as Error).message);
  }
  return { redirects, http2, maxConnections };
}

function bad(expected: string, found: unknown): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
    expected,
    found: String(found),
    next: 'Correct the options of the run.',
  });
}
