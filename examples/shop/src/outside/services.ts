/**
 * The services the shop talks to over HTTP, and how long each takes to answer: a network round
 * trip within a country and some work; a label is printed on paper.
 */
export const serviceDelaysMs = {
  /** Authorises payments. */
  payments: 100,
  /** Estimates delivery dates. */
  carrier: 22,
  /** Knows what the shops in town have on the shelf. */
  branches: 18,
  /** Prints shipping labels. */
  labels: 1200,
  /** The four consumers of order events. */
  warehouse: 15,
  loyalty: 20,
  analytics: 17,
  partners: 25,
} as const;

export type ServiceName = keyof typeof serviceDelaysMs;

/** From the last byte of an e-mail to the server's acceptance. */
export const mailDelayMs = 40;

/** Where everything outside the shop listens. */
export interface OutsideAddresses {
  readonly smtpPort: number;
  readonly services: Readonly<Record<ServiceName, string>>;
}
