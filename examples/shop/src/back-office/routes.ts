import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { id, params, query } from '../web/schemas.ts';
import { readCustomerVoices } from './customer-voices.ts';
import { exchangeProduct, type Exchange } from './exchange-product.ts';
import { findParcel } from './find-parcel.ts';
import { findScannedOrder } from './scan-order.ts';
import { reprintLabel } from './shipping-label.ts';
import { readUnsoldProducts } from './unsold-products.ts';
import { wasSold } from './was-sold.ts';

const exchangeBody = {
  type: 'object',
  properties: { returnedId: id, wantedId: id },
  required: ['returnedId', 'wantedId'],
};

/** What the shop's own people ask and do. Not in the OpenAPI document, which is for customers. */
export function registerBackOffice(app: FastifyInstance, shop: Shop): void {
  const { pool, fixes } = shop;
  void app.register(async (office) => {
    // Stock and orders as they are now, with addresses in them: nobody is to keep an answer.
    office.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    office.get<{ Querystring: { since: string } }>(
      '/back-office/unsold',
      { schema: { querystring: query({ since: { type: 'string', format: 'date' } }, ['since']) } },
      async (request) => readUnsoldProducts(pool, fixes, request.query.since),
    );

    office.get<{ Querystring: { q: string } }>(
      '/back-office/parcels',
      {
        schema: {
          querystring: query({ q: { type: 'string', minLength: 1, maxLength: 40 } }, ['q']),
        },
      },
      async (request, reply) =>
        (await findParcel(pool, fixes, request.query.q)) ?? reply.callNotFound(),
    );

    office.get<{ Params: { code: string } }>(
      '/back-office/scans/:code',
      { schema: { params: params({ code: { type: 'string', pattern: '^[1-9]\\d{0,8}$' } }) } },
      async (request, reply) =>
        (await findScannedOrder(pool, fixes, request.params.code)) ?? reply.callNotFound(),
    );

    office.get('/back-office/voices', async () => readCustomerVoices(pool, fixes));

    office.get<{ Params: { id: number } }>(
      '/back-office/categories/:id/sold',
      { schema: { params: params({ id }) } },
      async (request) => ({ sold: await wasSold(pool, fixes, request.params.id) }),
    );

    office.post<{ Params: { id: number } }>(
      '/back-office/orders/:id/label',
      { schema: { params: params({ id }) } },
      async (request, reply) =>
        (await reprintLabel(shop, request.params.id)) ?? reply.callNotFound(),
    );

    office.post<{ Body: Exchange }>(
      '/back-office/exchanges',
      { schema: { body: exchangeBody } },
      async (request, reply) => {
        await exchangeProduct(shop, request.body);
        return reply.code(204).send();
      },
    );
  });
}
