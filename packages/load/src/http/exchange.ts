import type { ProtocolFault } from './field-lines.ts';
import type { RedirectFault } from './redirect.ts';

/** How an exchange may fail; `redirect`: it led to where it is not followed. */
export type WireError = 'connect' | 'timeout' | 'reset' | 'protocol' | 'redirect';

/** What went wrong, finer than the kind: a system's error code or one of our own. */
export type WireErrorDetail =
  | ProtocolFault
  | RedirectFault
  | 'no-reply-in-time'
  | 'closed-before-reply'
  | 'closed-within-reply'
  // A code of the operating system or of TLS, such as ECONNREFUSED.
  | (string & {});

/** One request and, once `settled` was called, what came of it. Times are of the worker's clock. */
export interface Exchange {
  readonly method: string;
  /** The whole request: text of Latin-1 characters, or bytes. */
  readonly wire: string | Buffer;
  readonly timeoutMs: number;
  /** Whether head and body of the reply will be read. */
  readonly keepReply: boolean;

  /** When it could be sent; a wait for a connection, where their number is limited, moves it. */
  readyMs: number;
  /** When the request was handed to an open connection, or a connection was begun for it. */
  sentMs: number;
  /** When its last byte arrived, or it failed. */
  doneMs: number;
  /** 0 when no whole head arrived. */
  status: number;
  error: WireError | undefined;
  errorDetail: WireErrorDetail | undefined;
  receivedBytes: number;
  setCookies: readonly string[];
  /** Field lines and body, when kept: one character a byte. */
  head: string;
  body: string;

  /** Called once, when the reply is whole or the exchange failed. Never called after `abandon`. */
  settled(): void;
}
