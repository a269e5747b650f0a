import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { id, params, query } from '../web/schemas.ts';
import { findProduct } from './find-product.ts';
import { renderHomepage } from './homepage.ts';
import { createProductLists } from './product-lists.ts';
import { renderProductPage } from './product-page.ts';
import { renderSearchPage } from './search-page.ts';

const searchQuery = query({ q: { type: 'string', minLength: 2, maxLength: 80 } }, ['q']);

export function registerCatalogue(app: FastifyInstance, shop: Shop): void {
  const lists = createProductLists(shop.pool, shop.fixes);

  app.get('/', { config: { summary: 'The homepage' } }, async (_request, reply) =>
    reply.type('text/html').send(await renderHomepage(shop)),
  );

  app.get<{ Params: { id: number }; Querystring: { before?: number; ordered?: number } }>(
    '/products/:id',
    {
      schema: { params: params({ id }), querystring: query({ before: id, ordered: id }) },
      config: { summary: 'The page of a product', examples: { id: 1 } },
    },
    async (request, reply) => {
      const page = await renderProductPage(shop, {
        productId: request.params.id,
        before: request.query.before,
        ordered: request.query.ordered,
      });
      return page === null ? reply.callNotFound() : reply.type('text/html').send(page);
    },
  );

  app.get<{ Querystring: { q: string } }>(
    '/search',
    {
      schema: { querystring: searchQuery },
      config: { summary: 'Products found by name or summary', examples: { q: 'walnut' } },
    },
    async (request, reply) => {
      const [chrome, found] = await Promise.all([
        shop.frontMatter.chrome(),
        lists.search(request.query.q),
      ]);
      return reply.type('text/html').send(renderSearchPage(shop, chrome, request.query.q, found));
    },
  );

  app.get(
    '/api/about',
    { config: { summary: 'How many products and customers there are' } },
    async () => shop.frontMatter.facts(),
  );

  app.get<{ Params: { id: number } }>(
    '/api/products/:id',
    {
      schema: { params: params({ id }) },
      config: { summary: 'A product', examples: { id: 1 } },
    },
    async (request, reply) =>
      (await findProduct(shop.pool, request.params.id)) ?? reply.callNotFound(),
  );

  app.get<{ Querystring: { q: string } }>(
    '/api/search',
    {
      schema: { querystring: searchQuery },
      config: { summary: 'Products found by name or summary', examples: { q: 'walnut' } },
    },
    async (request) => lists.search(request.query.q),
  );
}
