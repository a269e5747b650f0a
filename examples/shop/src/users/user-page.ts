import { createProductLists, type ProductCard } from '../catalogue/product-lists.ts';
import { withOwnConnection } from '../database/connection.ts';
import type { Queryable, Shop } from '../shop.ts';
import { formatDate, formatPrice } from '../web/format.ts';
import { html } from '../web/html.ts';
import { renderCards, renderPage, type Chrome } from '../web/layout.ts';
import {
  findCustomer,
  findOrderedProducts,
  findRecentOrders,
  type Customer,
  type RecentOrder,
} from './find-user.ts';

interface Account {
  readonly customer: Customer;
  readonly orders: readonly RecentOrder[];
  readonly recommended: readonly ProductCard[];
}

/** Renders a customer's page; null when there is no such customer. */
export async function renderUserPage(shop: Shop, userId: number): Promise<string | null> {
  const load = shop.fixes.has('pool') ? loadOverPool : loadOverOwnConnection;
  const [chrome, account] = await Promise.all([shop.frontMatter.chrome(), load(shop, userId)]);
  return account === null ? null : render(shop, chrome, account);
}

type LoadAccount = (shop: Shop, userId: number) => Promise<Account | null>;

/** One connection can do one thing at a time, and has to be opened first. */
const loadOverOwnConnection: LoadAccount = (shop, userId) =>
  withOwnConnection(shop.databaseUrl, async (database) => {
    const customer = await findCustomer(database, userId);
    if (customer === null) return null;
    const orders = await findRecentOrders(database, userId);
    return { customer, orders, recommended: await recommendFor(shop, database, orders) };
  });

const loadOverPool: LoadAccount = async (shop, userId) => {
  const [customer, orders] = await Promise.all([
    findCustomer(shop.pool, userId),
    findRecentOrders(shop.pool, userId),
  ]);
  if (customer === null) return null;
  return { customer, orders, recommended: await recommendFor(shop, shop.pool, orders) };
};

/** Products like those in the customer's last orders. */
async function recommendFor(
  shop: Shop,
  database: Queryable,
  orders: readonly RecentOrder[],
): Promise<readonly ProductCard[]> {
  const orderIds = orders.map(({ id }) => id);
  const bought = await findOrderedProducts(database, orderIds);
  return createProductLists(database, shop.fixes).byIds(shop.recommend(bought));
}

function render(shop: Shop, chrome: Chrome, { customer, orders, recommended }: Account): string {
  return renderPage(shop, {
    title: customer.name,
    chrome,
    body: html`<h1>${customer.name}</h1>
      <p>${customer.city}, customer since ${formatDate(customer.createdAt)}</p>
      <h2>Recent orders</h2>
      <ul class="facts">
        ${orders.map(({ id, status, totalCents, createdAt }) => html`<li>Order ${id}, ${formatDate(createdAt)}: ${formatPrice(totalCents)}, ${status}</li>`)}
      </ul>
      <p><a href="/users/${customer.id}/orders">All orders</a></p>
      <h2>Chosen for you</h2>
      ${renderCards(shop, recommended)}`,
  });
}
