import { answerOf, post } from '../outside/outside-services.ts';
import type { Shop } from '../shop.ts';
import type { PlacedOrder } from './place-order.ts';

/** What the services that want to know about orders are sent. */
interface OrderCreated {
  readonly type: 'order.created';
  readonly data: PlacedOrder;
}

/** Tells each consumer in turn, while the customer waits. */
export async function announceInTurn(shop: Shop, order: PlacedOrder): Promise<void> {
  const event: OrderCreated = { type: 'order.created', data: order };
  for (const url of shop.outside.consumerUrls) {
    const reply = await fetch(url, post(event));
    await answerOf(reply);
  }
}

/** Publishes the event and comes back; all consumers get it at once. */
export async function announceInBackground(shop: Shop, order: PlacedOrder): Promise<void> {
  const event: OrderCreated = { type: 'order.created', data: order };
  await shop.background.add(async () => {
    const replies = shop.outside.consumerUrls.map((url) => fetch(url, post(event)));
    await Promise.all(replies.map(async (reply) => answerOf(await reply)));
  });
}
