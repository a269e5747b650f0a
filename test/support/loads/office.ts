/** People of the back office, and those at the counter, who exchange the same few products. */
import { defineLoad, uniform, type Random, type User, type UserKind } from '@amdahl/load';

/** What is out of the house. */
interface Parcel {
  readonly orderId: number;
  readonly trackingCode: string;
}

interface Parcels {
  readonly parcels: readonly Parcel[];
}

/** Orders looked at; of seven, one was cancelled and never sent. */
const lookedAt = 40;
/** Parcels that customers ask for. */
const askedFor = 10;
/** As many as there are users. */
const piles = 8;

async function findParcels({ http }: User): Promise<Parcels> {
  const parcels: Parcel[] = [];
  for (let orderId = 1; orderId <= lookedAt; orderId++) {
    const { parcel } = (await http.get(`/api/orders/${orderId}`)).json<{
      parcel: Omit<Parcel, 'orderId'> | null;
    }>();
    if (parcel !== null) parcels.push({ orderId, trackingCode: parcel.trackingCode });
  }
  return { parcels };
}

const readOut = (random: Random, { orderId, trackingCode }: Parcel): string =>
  random.next() < 0.5 ? trackingCode : String(orderId);

const clerk: UserKind<unknown, Parcels> = {
  thinkTime: uniform('20ms', '100ms'),
  tasks: {
    'list what nobody buys': ({ http }) =>
      http.get('/back-office/unsold?since=2025-12-25', { name: '/back-office/unsold' }),
    'find a parcel': ({ http, random, data }) => {
      const text = readOut(random, random.pick(data.parcels.slice(0, askedFor)));
      return http.get(`/back-office/parcels?q=${text}`, { name: '/back-office/parcels' });
    },
    'scan a label': ({ http, random }) =>
      http.get(`/back-office/scans/${random.integer(1, 10_000)}`, {
        name: '/back-office/scans/:code',
      }),
    'pass the screen': ({ http }) => http.get('/back-office/voices'),
    'clear the catalogue': ({ http, random }) =>
      http.get(`/back-office/categories/${random.integer(1, 5)}/sold`, {
        name: '/back-office/categories/:id/sold',
      }),
    // Every clerk has a pile of parcels, none of them asked for: a new label has a new code.
    'print a label again': ({ http, random, data, index }) => {
      const { orderId } = random.pick(
        data.parcels.filter((_, at) => at >= askedFor && at % piles === index % piles),
      );
      return http.post(`/back-office/orders/${orderId}/label`, {
        name: '/back-office/orders/:id/label',
      });
    },
  },
};

const counter: UserKind<unknown, Parcels> = {
  thinkTime: uniform('5ms', '20ms'),
  tasks: {
    'exchange a product': ({ http, random }) => {
      const returnedId = random.integer(11, 13);
      const wantedId = returnedId === 13 ? 11 : returnedId + 1;
      return http.post('/back-office/exchanges', {
        json:
          random.next() < 0.5
            ? { returnedId, wantedId }
            : { returnedId: wantedId, wantedId: returnedId },
      });
    },
  },
};

export default defineLoad<Parcels>({ setup: findParcels, users: { clerk, counter } });
