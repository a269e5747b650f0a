import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { id } from '../web/schemas.ts';
import { receiveDelivery, type DeliveredProduct } from './receive-delivery.ts';

interface DeliveryBody {
  readonly products: readonly DeliveredProduct[];
}

const deliveryBody = {
  type: 'object',
  properties: {
    products: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'object',
        properties: { productId: id, quantity: { type: 'integer', minimum: 1, maximum: 1_000 } },
        required: ['productId', 'quantity'],
      },
    },
  },
  required: ['products'],
};

export function registerStock(app: FastifyInstance, shop: Shop): void {
  app.post<{ Body: DeliveryBody }>(
    '/deliveries',
    { schema: { body: deliveryBody } },
    async (request, reply) =>
      reply.code(201).send({ booked: await receiveDelivery(shop, request.body.products) }),
  );
}
