import type { Shop } from '../shop.ts';
import { announceInBackground, announceInTurn } from './announce-order.ts';
import { reportSales, sendConfirmation } from './follow-up.ts';
import {
  placeOrderBriefly,
  placeOrderHoldingStock,
  type OrderOutcome,
  type WantedOrder,
} from './place-order.ts';

/** Places an order and does what follows from it: the e-mail, the report, the event. */
export async function handleOrder(shop: Shop, wanted: WantedOrder): Promise<OrderOutcome> {
  const outcome = shop.fixes.has('jobs')
    ? await orderAndQueueTheRest(shop, wanted)
    : await orderAndDoTheRest(shop, wanted);
  if ('refused' in outcome) return outcome;
  const announce = shop.fixes.has('events') ? announceInBackground : announceInTurn;
  await announce(shop, outcome.placed);
  return outcome;
}

/** The customer waits until the e-mail is sent and the report is built. */
async function orderAndDoTheRest(shop: Shop, wanted: WantedOrder): Promise<OrderOutcome> {
  const place = placing(shop);
  const outcome = await place(shop, wanted, (order, email) => sendConfirmation(shop, order, email));
  if ('placed' in outcome) await reportSales(shop, outcome.placed);
  return outcome;
}

/** E-mail and report are queued as soon as the order is in the books. */
async function orderAndQueueTheRest(shop: Shop, wanted: WantedOrder): Promise<OrderOutcome> {
  const place = placing(shop);
  const outcome = await place(shop, wanted, () => Promise.resolve());
  if ('refused' in outcome) return outcome;
  const { placed, email } = outcome;
  await shop.background.add(() => sendConfirmation(shop, placed, email));
  await shop.background.add(() => reportSales(shop, placed));
  return outcome;
}

function placing(shop: Shop): typeof placeOrderBriefly {
  return shop.fixes.has('lock-contention') ? placeOrderBriefly : placeOrderHoldingStock;
}
