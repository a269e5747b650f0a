import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

export interface ScannedOrder {
  readonly id: number;
  readonly status: string;
  readonly shipTo: string;
}

/** The order whose number, as text, the scanner read from its label. */
export async function findScannedOrder(
  database: Queryable,
  fixes: Fixes,
  code: string,
): Promise<ScannedOrder | null> {
  const { rows } = fixes.has('implicit-cast')
    ? await database.query<ScannedOrder>(
        'SELECT id, status, ship_to AS "shipTo" FROM orders WHERE id = $1',
        [Number(code)],
      )
    : await database.query<ScannedOrder>(
        'SELECT id, status, ship_to AS "shipTo" FROM orders WHERE id::text = $1',
        [code],
      );
  return rows[0] ?? null;
}
