import type { Shop } from '../shop.ts';
import { formatDate, formatPrice } from '../web/format.ts';
import { html } from '../web/html.ts';
import { renderPage, type Chrome } from '../web/layout.ts';
import type { Customer } from '../users/find-user.ts';
import type { OrderHistory } from './order.ts';

export function renderOrdersPage(
  shop: Shop,
  chrome: Chrome,
  user: Customer,
  history: OrderHistory,
): string {
  return renderPage(shop, {
    title: `Orders of ${user.name}`,
    chrome,
    body: html`<h1>Orders of <a href="/users/${user.id}">${user.name}</a></h1>
      ${history.orders.length === 0 && html`<p>No orders yet.</p>`}
      ${history.orders.map(
        (order) =>
          html` <article class="order">
            <header>
              <b>Order ${order.id}</b> <span>${formatDate(order.createdAt)}</span>
              <span>${order.status}</span> <span>${formatPrice(order.totalCents)}</span>
            </header>
            <ul>
              ${order.lines.map(
                (line) =>
                  html`<li>
                    ${line.quantity} ×
                    <a href="/products/${line.product.id}">${line.product.name}</a>,
                    ${formatPrice(line.unitPriceCents)} each
                  </li>`,
              )}
            </ul>
            ${order.shipment !== null && html`<span class="by">${order.shipment.carrier}, ${formatDate(order.shipment.shippedAt)}, tracking code ${order.shipment.trackingCode}</span>`}
          </article>`,
      )}
      ${history.next !== null && html`<p class="pages"><a href="/users/${user.id}/orders?before=${history.next}" rel="next">Older orders</a></p>`}`,
  });
}
