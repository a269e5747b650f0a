import type { ConnectionOptions } from 'node:tls';

/** Where requests go. Plain values, so that it crosses threads. */
export interface Endpoint {
  /** IP address, resolved once for the whole run. */
  readonly address: string;
  /** All addresses of the name that accept connections, for those to come in turn. */
  readonly addresses?: readonly string[];
  /** Time the resolver took, milliseconds. */
  readonly dnsMs?: number;
  readonly port: number;
  readonly secure: boolean;
  /** Name as the base URL has it: for cookies, and for TLS unless it is an address. */
  readonly hostName: string;
  /** Value of the `Host` header. */
  readonly hostHeader: string;
  /** For TLS: the name asked for, empty when the host is an address. */
  readonly serverName: string;
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
}
