import type { FastifyInstance } from 'fastify';
import type { Shop } from '../shop.ts';
import { formatCount, formatPrice } from '../web/format.ts';
import { html } from '../web/html.ts';
import { renderPage, type Chrome } from '../web/layout.ts';
import { query } from '../web/schemas.ts';
import { readSales, type Sales } from './sales.ts';

const years = [2021, 2022, 2023, 2024, 2025];
const yearQuery = query({ year: { type: 'integer', minimum: 2000, maximum: 2100, default: 2025 } });
const config = { summary: 'The sales of a year', examples: { year: 2024 } };

export function registerReports(app: FastifyInstance, shop: Shop): void {
  app.get<{ Querystring: { year: number } }>(
    '/reports/sales',
    { schema: { querystring: yearQuery }, config },
    async (request, reply) => {
      const { year } = request.query;
      const [chrome, sales] = await Promise.all([
        shop.frontMatter.chrome(),
        readSales(shop.pool, shop.fixes, year),
      ]);
      return reply.type('text/html').send(render(shop, chrome, year, sales));
    },
  );

  app.get<{ Querystring: { year: number } }>(
    '/api/reports/sales',
    { schema: { querystring: yearQuery }, config },
    async (request) => readSales(shop.pool, shop.fixes, request.query.year),
  );
}

function render(shop: Shop, chrome: Chrome, year: number, sales: readonly Sales[]): string {
  const most = Math.max(1, ...sales.map(({ revenueCents }) => revenueCents));
  return renderPage(shop, {
    title: `Sales ${year}`,
    chrome,
    body: html`<h1>Sales ${year}</h1>
      <nav class="pages">
        ${years.map((other) => html`<a href="/reports/sales?year=${other}">${other}</a>`)}
      </nav>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th>Orders</th>
              <th class="number">Number</th>
              <th class="number">Revenue</th>
              <th class="bar"></th>
            </tr>
          </thead>
          <tbody>
            ${sales.map(
              ({ status, orders, revenueCents }) =>
                html` <tr>
                  <td>${status}</td>
                  <td class="number">${formatCount(orders)}</td>
                  <td class="number">${formatPrice(revenueCents)}</td>
                  <td class="bar">
                    <span style="width: ${Math.round((100 * revenueCents) / most)}%"></span>
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  });
}
