import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { id, params } from '../web/schemas.ts';
import { renderUserPage } from './user-page.ts';

export function registerUsers(app: FastifyInstance, shop: Shop): void {
  app.get<{ Params: { id: number } }>(
    '/users/:id',
    {
      schema: { params: params({ id }) },
      config: { summary: "A customer's page", examples: { id: 1 } },
    },
    async (request, reply) => {
      const page = await renderUserPage(shop, request.params.id);
      return page === null ? reply.callNotFound() : reply.type('text/html').send(page);
    },
  );
}
