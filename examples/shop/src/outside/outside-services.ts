import type { OutsideAddresses, ServiceName } from './services.ts';

/** The outside services as the shop calls them, over kept-alive connections. */
export interface OutsideServices {
  /** @throws Error when the payment is refused or the service fails */
  authorisePayment(amountCents: number): Promise<void>;
  /** Days until a product can be at the door. */
  estimateDelivery(productId: number): Promise<number>;
  /** Shops in town that have a product on the shelf. */
  countBranchesWith(productId: number): Promise<number>;
  /** Prints a new label for an order's parcel; the tracking code on it. */
  printLabel(orderId: number): Promise<string>;
  /** Where the services that want to know about orders take events. */
  readonly consumerUrls: readonly string[];
}

export const consumers = [
  'warehouse',
  'loyalty',
  'analytics',
  'partners',
] as const satisfies ServiceName[];

export function createOutsideServices(services: OutsideAddresses['services']): OutsideServices {
  return {
    authorisePayment: async (amountCents) => {
      const reply = await fetch(`${services.payments}/authorisations`, post({ amountCents }));
      const { authorised } = await answerOf<{ authorised: boolean }>(reply);
      if (!authorised) throw new Error('Expected the payment to be authorised; it was refused.');
    },
    estimateDelivery: async (productId) => {
      const reply = await fetch(`${services.carrier}/estimates?product=${productId}`, limits());
      return (await answerOf<{ days: number }>(reply)).days;
    },
    countBranchesWith: async (productId) => {
      const reply = await fetch(`${services.branches}/availability?product=${productId}`, limits());
      return (await answerOf<{ branches: number }>(reply)).branches;
    },
    printLabel: async (orderId) => {
      const reply = await fetch(`${services.labels}/labels`, post({ orderId }));
      return (await answerOf<{ trackingCode: string }>(reply)).trackingCode;
    },
    consumerUrls: consumers.map((name) => `${services[name]}/events`),
  };
}

/** A POST of JSON, for `fetch`. */
export function post(body: unknown): RequestInit {
  return {
    ...limits(),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

function limits(): RequestInit {
  return { signal: AbortSignal.timeout(10_000) };
}

/** @throws Error when the service did not accept what it was asked */
export async function answerOf<Answer>(reply: Response): Promise<Answer> {
  if (!reply.ok) throw new Error(`Expected ${reply.url} to accept; found ${reply.status}.`);
  return (await reply.json()) as Answer;
}
