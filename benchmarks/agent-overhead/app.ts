/**
 * The measured service: one Fastify route that runs two statements and answers about a kilobyte of
 * JSON. Tells its parent where it listens, and on request how much CPU time it has used.
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = Fastify();

app.get<{ Params: { id: string } }>('/orders/:id', async (request) => {
  const order = await pool.query('SELECT id, customer, placed_at FROM orders WHERE id = $1', [
    request.params.id,
  ]);
  const lines = await pool.query(
    'SELECT product, quantity, price FROM order_lines WHERE order_id = $1 ORDER BY product',
    [request.params.id],
  );
  return { ...order.rows[0], lines: lines.rows };
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());

await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: (app.server.address() as AddressInfo).port });
