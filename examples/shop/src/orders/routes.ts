import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { findCustomer } from '../users/find-user.ts';
import { id, params, query } from '../web/schemas.ts';
import { handleOrder } from './handle-order.ts';
import { listOrders } from './list-orders.ts';
import { readOrderStatus } from './order-status.ts';
import { renderOrdersPage } from './orders-page.ts';

interface OrderBody {
  readonly productId: number;
  readonly quantity: number;
  readonly userId?: number;
}

const orderBody = {
  type: 'object',
  properties: {
    productId: id,
    quantity: { type: 'integer', minimum: 1, maximum: 10 },
    userId: id,
  },
  required: ['productId', 'quantity'],
};

const refusalStatus = { 'no such product': 404, 'no such user': 404, 'sold out': 409 } as const;

export function registerOrders(app: FastifyInstance, shop: Shop): void {
  app.post<{ Body: OrderBody }>(
    '/orders',
    { schema: { body: orderBody } },
    async (request, reply) => {
      const { productId, quantity, userId = null } = request.body;
      const outcome = await handleOrder(shop, { productId, quantity, userId });
      if ('refused' in outcome) {
        return reply.code(refusalStatus[outcome.refused]).send({ error: outcome.refused });
      }
      const { placed } = outcome;
      if (
        request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
      ) {
        return reply.redirect(`/products/${placed.product.id}?ordered=${placed.id}`, 303);
      }
      return reply.code(201).send(placed);
    },
  );

  app.get<{ Params: { id: number }; Querystring: { before?: number } }>(
    '/users/:id/orders',
    {
      schema: { params: params({ id }), querystring: query({ before: id }) },
      config: { summary: "A customer's orders, newest first", examples: { id: 1 } },
    },
    async (request, reply) => {
      const { id: userId } = request.params;
      const [chrome, user, history] = await Promise.all([
        shop.frontMatter.chrome(),
        findCustomer(shop.pool, userId),
        listOrders(shop.pool, shop.fixes, userId, request.query.before),
      ]);
      if (user === null) return reply.callNotFound();
      return reply.type('text/html').send(renderOrdersPage(shop, chrome, user, history));
    },
  );

  app.get<{ Params: { id: number }; Querystring: { before?: number } }>(
    '/api/users/:id/orders',
    {
      schema: { params: params({ id }), querystring: query({ before: id }) },
      config: { summary: "A customer's orders, newest first", examples: { id: 1 } },
    },
    async (request, reply) => {
      const { id: userId } = request.params;
      const [user, history] = await Promise.all([
        findCustomer(shop.pool, userId),
        listOrders(shop.pool, shop.fixes, userId, request.query.before),
      ]);
      return user === null ? reply.callNotFound() : history;
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/orders/:id',
    {
      schema: { params: params({ id }) },
      config: { summary: 'How an order is doing', examples: { id: 1 } },
    },
    async (request, reply) =>
      (await readOrderStatus(shop, request.params.id)) ?? reply.callNotFound(),
  );
}
