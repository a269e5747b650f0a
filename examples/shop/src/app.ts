import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance } from 'fastify';
import { registerBackOffice } from './back-office/routes.ts';
import { registerCatalogue } from './catalogue/routes.ts';
import { registerOrders } from './orders/routes.ts';
import { registerReports } from './reports/routes.ts';
import { registerReviews } from './reviews/routes.ts';
import type { Shop } from './shop.ts';
import { registerStock } from './stock/routes.ts';
import { registerUsers } from './users/routes.ts';
import { registerAssets } from './web/assets.ts';
import { registerCompression } from './web/compression.ts';
import { registerErrorPages } from './web/error-pages.ts';
import { registerHttpCache } from './web/http-cache.ts';
import { registerOpenApi } from './web/openapi.ts';
import { registerReplyJournal } from './web/reply-journal.ts';

/** Puts the routes together. What a reply passes on its way out is in the order given here. */
export async function buildApp(shop: Shop): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'warn', stream: process.stderr } });
  await app.register(formbody);
  registerReplyJournal(app, shop.fixes);
  registerHttpCache(app, shop.fixes);
  registerCompression(app, shop.fixes);
  registerErrorPages(app, shop);
  registerOpenApi(app);

  registerCatalogue(app, shop);
  registerReviews(app, shop);
  registerUsers(app, shop);
  registerOrders(app, shop);
  registerReports(app, shop);
  registerStock(app, shop);
  registerBackOffice(app, shop);
  registerAssets(app, shop.assets, shop.fixes);
  app.get('/healthz', async () => {
    await shop.pool.query('SELECT');
    return { status: 'ok' };
  });
  return app;
}
