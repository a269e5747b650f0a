import { Client } from 'pg';

/** Fills a database with 1,000 products, and 20 orders of one product each. */
export async function createShop(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL);
    INSERT INTO products SELECT n, 'product ' || n, n * 100 FROM generate_series(1, 1000) n;
    CREATE TABLE orders (id int PRIMARY KEY, product int NOT NULL);
    INSERT INTO orders SELECT n, 900 + n FROM generate_series(1, 20) n;
  `);
  await client.end();
}
