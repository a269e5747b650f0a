/** More people who print labels than there are connections, and some who look up orders. */
import { defineLoad, uniform, weighted, type User, type UserKind } from '@amdahl/load';

interface Parcels {
  readonly orderIds: readonly number[];
}

/** Orders looked at; of seven, one was cancelled and never sent. */
const lookedAt = 120;
/** As many as there are users, so that nobody waits for another's parcel. */
const piles = 24;

async function findParcels({ http }: User): Promise<Parcels> {
  const orderIds: number[] = [];
  for (let orderId = 1; orderId <= lookedAt; orderId++) {
    const order = (await http.get(`/api/orders/${orderId}`)).json<{ parcel: unknown }>();
    if (order.parcel !== null) orderIds.push(orderId);
  }
  return { orderIds };
}

const clerk: UserKind<unknown, Parcels> = {
  thinkTime: uniform('20ms', '100ms'),
  tasks: {
    'print a label again': weighted(3, ({ http, random, data, index }) => {
      const orderId = random.pick(data.orderIds.filter((_, at) => at % piles === index % piles));
      return http.post(`/back-office/orders/${orderId}/label`, {
        name: '/back-office/orders/:id/label',
      });
    }),
    'look up an order': weighted(2, ({ http, random, data }) =>
      http.get(`/api/orders/${random.pick(data.orderIds)}`, { name: '/api/orders/:id' }),
    ),
  },
};

export default defineLoad<Parcels>({ setup: findParcels, users: { clerk } });
