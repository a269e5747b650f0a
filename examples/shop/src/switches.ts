/**
 * The shop's sins, one switch each. A sin is on by default; naming its switch in `SHOP_FIX` takes
 * the fixed code path instead. Fixing one leaves all others as they are.
 */
export interface Switch {
  readonly name: SwitchName;
  /** Row of the strategy table in the design. */
  readonly row: number;
  readonly sin: string;
  readonly fix: string;
  /** Where the sin lives, relative to `examples/shop/src`. */
  readonly where: string;
  /** The fix changes the database's schema, so it needs a database of its own. */
  readonly changesSchema: boolean;
  /** The building block a fix has to wait for; null when the fix is there. */
  readonly waitsFor: string | null;
}

export const switchNames = [
  'index',
  'redundant-index',
  'non-sargable',
  'select-star',
  'leading-wildcard',
  'deep-offset',
  'not-in-subquery',
  'or-across-columns',
  'implicit-cast',
  'random-order',
  'existence-count',
  'n-plus-one',
  'duplicate-read',
  'large-result',
  'lock-contention',
  'chatty-transaction',
  'deadlock',
  'idle-in-transaction',
  'pool',
  'replicas',
  'cache',
  'http-cache',
  'compression',
  'jobs',
  'events',
  'sequential-io',
  'cpu',
  'memory',
  'balancing',
  'scaling',
  'front-end',
] as const;

export type SwitchName = (typeof switchNames)[number];

/** The switches that are set to their fixed path. */
export type Fixes = ReadonlySet<SwitchName>;

const descriptions: Readonly<Record<SwitchName, Omit<Switch, 'name'>>> = {
  index: {
    row: 1,
    sin: "A customer's orders and a product's reviews are found by reading the whole table.",
    fix: 'Indexes on orders (user_id, created_at, id) and reviews (product_id, created_at, id).',
    where: 'database/schema.ts',
    changesSchema: true,
    waitsFor: null,
  },
  'redundant-index': {
    row: 2,
    sin: 'order_lines carries a prefix of its primary key, an exact duplicate and an index nobody reads.',
    fix: 'The three indexes are dropped; every statement keeps one that serves it.',
    where: 'database/schema.ts',
    changesSchema: true,
    waitsFor: null,
  },
  'non-sargable': {
    row: 3,
    sin: 'The sales report filters by EXTRACT(YEAR FROM created_at), which no index on created_at serves.',
    fix: 'A half-open range on created_at.',
    where: 'reports/sales.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'select-star': {
    row: 3,
    sin: 'Product lists read every column, long descriptions and specifications included.',
    fix: 'Only the columns a product card shows.',
    where: 'catalogue/product-lists.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'leading-wildcard': {
    row: 3,
    sin: "The search matches ILIKE '%word%' against every product.",
    fix: 'Trigram indexes on the columns searched.',
    where: 'catalogue/product-lists.ts',
    changesSchema: true,
    waitsFor: null,
  },
  'deep-offset': {
    row: 3,
    sin: 'The review archive pages with OFFSET: the last page reads all pages before it.',
    fix: 'Keyset pagination: each page starts after the last row of the one before.',
    where: 'reviews/archive.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'not-in-subquery': {
    row: 3,
    sin: 'The list of unsold products asks for ids NOT IN all order lines, which is no join.',
    fix: 'NOT EXISTS: one look into an index for each product.',
    where: 'back-office/unsold-products.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'or-across-columns': {
    row: 3,
    sin: "A parcel is found by its tracking code OR its order's number, columns of two tables joined whole for it.",
    fix: 'A query for each, put together by UNION ALL, and an index on the tracking code.',
    where: 'back-office/find-parcel.ts',
    changesSchema: true,
    waitsFor: null,
  },
  'implicit-cast': {
    row: 3,
    sin: 'The number a scanner read is compared as text: id::text = $1 converts every id.',
    fix: 'The number is compared as one.',
    where: 'back-office/scan-order.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'random-order': {
    row: 3,
    sin: 'The screen in the office shuffles all reviews by ORDER BY random() to show five.',
    fix: 'Random ids, which the primary key leads to.',
    where: 'back-office/customer-voices.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'existence-count': {
    row: 3,
    sin: 'Whether anything of a category was ever sold is answered by counting all its order lines.',
    fix: 'EXISTS, which stops at the first.',
    where: 'back-office/was-sold.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'n-plus-one': {
    row: 4,
    sin: 'The order history asks for the lines and the shipment of each order, one order after the other.',
    fix: 'Eager loading: two statements for all orders.',
    where: 'orders/list-orders.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'duplicate-read': {
    row: 4,
    sin: 'The status of an order looks the order up again for each part of the answer.',
    fix: 'It is read once and passed on.',
    where: 'orders/order-status.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'large-result': {
    row: 5,
    sin: "A product page loads all its reviews, an order history all the customer's orders.",
    fix: 'Pages of 10 reviews and 20 orders, with a link to the next.',
    where: 'orders/list-orders.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'lock-contention': {
    row: 6,
    sin: "The stock row stays locked while the payment is authorised and the customer's e-mail is sent.",
    fix: 'Both happen outside a transaction of three statements.',
    where: 'orders/place-order.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'chatty-transaction': {
    row: 6,
    sin: 'A delivery is booked into the stock one product at a time, in one transaction.',
    fix: 'One UPDATE for the whole delivery note.',
    where: 'stock/receive-delivery.ts',
    changesSchema: false,
    waitsFor: null,
  },
  deadlock: {
    row: 6,
    sin: 'An exchange books the product returned before the one wanted, whatever others lock first.',
    fix: 'Both are booked in the order of their ids.',
    where: 'back-office/exchange-product.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'idle-in-transaction': {
    row: 6,
    sin: 'A transaction stays open, and keeps its connection, while the carrier prints a label.',
    fix: 'The label is printed first; one statement books it.',
    where: 'back-office/shipping-label.ts',
    changesSchema: false,
    waitsFor: null,
  },
  pool: {
    row: 7,
    sin: 'The user page opens a database connection of its own for each request.',
    fix: "It uses the shop's pool.",
    where: 'users/user-page.ts',
    changesSchema: false,
    waitsFor: null,
  },
  replicas: {
    row: 8,
    sin: 'The primary serves all reads.',
    fix: 'Reads go to streaming replicas, a customer reads his own writes.',
    where: 'database/connection.ts',
    changesSchema: false,
    waitsFor: '@amdahl/database',
  },
  cache: {
    row: 9,
    sin: 'Settings, categories, best sellers and the rest of the homepage are read again for every page.',
    fix: 'They are kept for a minute in a small bounded map.',
    where: 'catalogue/front-matter.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'http-cache': {
    row: 10,
    sin: 'Replies carry neither validators nor lifetimes.',
    fix: 'Entity tags everywhere; assets named by their content live a year.',
    where: 'web/http-cache.ts',
    changesSchema: false,
    waitsFor: null,
  },
  compression: {
    row: 10,
    sin: 'Pages, scripts and styles are sent as they are.',
    fix: 'Brotli or gzip, whichever the client takes.',
    where: 'web/compression.ts',
    changesSchema: false,
    waitsFor: null,
  },
  jobs: {
    row: 11,
    sin: "Placing an order waits for the customer's e-mail and for a report to purchasing.",
    fix: 'Both are queued and done after the reply.',
    where: 'orders/handle-order.ts',
    changesSchema: false,
    waitsFor: null,
  },
  events: {
    row: 12,
    sin: 'Placing an order tells four other services about it, one after the other.',
    fix: 'The event is published after the reply, to all of them at once.',
    where: 'orders/announce-order.ts',
    changesSchema: false,
    waitsFor: null,
  },
  'sequential-io': {
    row: 13,
    sin: 'The homepage and the product page wait for independent answers one after the other.',
    fix: 'They ask for all of them at once.',
    where: 'catalogue/product-page.ts',
    changesSchema: false,
    waitsFor: null,
  },
  cpu: {
    row: 14,
    sin: 'Recommendations compare everything bought with the whole catalogue, text by text, on the event loop.',
    fix: 'An index from tag to products is built once; shared tags are counted.',
    where: 'users/recommendations.ts',
    changesSchema: false,
    waitsFor: null,
  },
  memory: {
    row: 15,
    sin: 'Every reply is kept for the support desk, for ever.',
    fix: 'The last 200 are kept.',
    where: 'web/reply-journal.ts',
    changesSchema: false,
    waitsFor: null,
  },
  balancing: {
    row: 16,
    sin: 'One process serves everything; nothing spreads the load.',
    fix: 'A balancer in front of several processes.',
    where: 'main.ts',
    changesSchema: false,
    waitsFor: '@amdahl/edge',
  },
  scaling: {
    row: 17,
    sin: 'The shop uses one core however many there are.',
    fix: 'As many processes as the capacity model asks for.',
    where: 'main.ts',
    changesSchema: false,
    waitsFor: '@amdahl/edge',
  },
  'front-end': {
    row: 18,
    sin: 'Scripts and styles in the head block the first paint; all images load at once, unsized.',
    fix: 'Critical styles inline, scripts deferred, images sized and lazy but for the first.',
    where: 'web/layout.ts',
    changesSchema: false,
    waitsFor: null,
  },
};

/** Every switch, in the order of the design's table. */
export const switches: readonly Switch[] = switchNames.map((name) => ({
  name,
  ...descriptions[name],
}));

/** The switches whose fixed path exists. */
export const fixable: readonly SwitchName[] = switches
  .filter(({ waitsFor }) => waitsFor === null)
  .map(({ name }) => name);

/**
 * Reads `SHOP_FIX`: switch names separated by commas, `all`, or nothing.
 *
 * @throws Error naming the switches when one is unknown or has no fix yet
 */
export function parseFixes(text: string): Fixes {
  const fixes = new Set<SwitchName>();
  for (const word of text.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    if (word === 'all') {
      for (const name of fixable) fixes.add(name);
      continue;
    }
    const found = switches.find(({ name }) => name === word);
    if (found === undefined) {
      throw new Error(
        `Expected SHOP_FIX to name switches of the shop; found "${word}". ` +
          `Use all, or any of: ${fixable.join(', ')}.`,
      );
    }
    if (found.waitsFor !== null) {
      throw new Error(
        `Expected SHOP_FIX to name switches that have a fix; found "${word}", ` +
          `whose fix waits for ${found.waitsFor}. Use all, or any of: ${fixable.join(', ')}.`,
      );
    }
    fixes.add(found.name);
  }
  return fixes;
}
