import type { Exchange } from './exchange.ts';

/** What carries one user's exchanges. */
export interface Transport {
  /** Sends a request, or lets it wait for a connection; `settled` is called when it is over. */
  send(exchange: Exchange): void;
  /** Closes the user's own connections; their exchanges under way will not settle. */
  abandon(): void;
}
