import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { html } from '../web/html.ts';
import { renderPage, type Chrome } from '../web/layout.ts';
import { id, query } from '../web/schemas.ts';
import { readKeysetPage, readNumberedPage, type ArchivePage } from './archive.ts';
import { renderReviews } from './render-reviews.ts';

export function registerReviews(app: FastifyInstance, shop: Shop): void {
  app.get<{ Querystring: { page: number; before?: number; oldest?: boolean } }>(
    '/reviews',
    {
      schema: {
        querystring: query({
          page: { ...id, default: 1 },
          before: id,
          oldest: { type: 'boolean' },
        }),
      },
      config: { summary: 'All reviews, newest first' },
    },
    async (request, reply) => {
      const [chrome, page] = await Promise.all([
        shop.frontMatter.chrome(),
        shop.fixes.has('deep-offset')
          ? readKeysetPage(shop.pool, request.query)
          : readNumberedPage(shop.pool, request.query.page),
      ]);
      return reply.type('text/html').send(render(shop, chrome, page));
    },
  );
}

function render(shop: Shop, chrome: Chrome, page: ArchivePage): string {
  return renderPage(shop, {
    title: 'Reviews',
    chrome,
    body: html`<h1>What customers say</h1>
      ${renderReviews(page.reviews)}
      <nav class="pages">
        <a href="/reviews">Newest</a>
        ${page.older !== null && html`<a href="${page.older}" rel="next">Older</a>`}
        <a href="${page.oldest}" rel="last">Oldest</a>
      </nav>`,
  });
}
