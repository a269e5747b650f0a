import { connect } from './server-session.ts';

/** Whether the database itself holds a shop; else it is taken as a server to seed one on. */
export async function isShopDatabase(databaseUrl: string): Promise<boolean> {
  const client = await connect(databaseUrl);
  try {
    const { rows } = await client.query<{ found: boolean }>(
      "SELECT to_regclass('public.order_lines') IS NOT NULL AS found",
    );
    return rows[0]?.found === true;
  } finally {
    await client.end();
  }
}
