import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Shop } from '../shop.ts';
import { html } from './html.ts';
import { renderPage } from './layout.ts';

/** Answers what is not found, not understood or failed: JSON for programs, a page for people. */
export function registerErrorPages(app: FastifyInstance, shop: Shop): void {
  app.setNotFoundHandler((request, reply) =>
    answer(shop, request, reply, 404, 'There is nothing here.'),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return answer(shop, request, reply, status, error.message);
    request.log.error(error);
    return answer(shop, request, reply, status, 'Something went wrong on our side.');
  });
}

async function answer(
  shop: Shop,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): Promise<FastifyReply> {
  reply.code(status);
  if (request.headers.accept?.includes('text/html') !== true || status >= 500) {
    return reply.send({ error: message });
  }
  const chrome = await shop.frontMatter.chrome();
  const body = html`<h1>Sorry</h1>
    <p>${message}</p>
    <p><a href="/">Back to the shop</a></p>`;
  return reply.type('text/html').send(renderPage(shop, { title: 'Sorry', chrome, body }));
}
