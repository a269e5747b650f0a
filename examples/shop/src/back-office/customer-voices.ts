import { randomInt } from 'node:crypto';
import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

/** A review picked by chance. */
export interface CustomerVoice {
  readonly id: number;
  readonly stars: number;
  readonly body: string;
}

const wanted = 5;

/** A few reviews for the screen in the office, others each time. */
export function readCustomerVoices(
  database: Queryable,
  fixes: Fixes,
): Promise<readonly CustomerVoice[]> {
  return fixes.has('random-order') ? drawIds(database) : shuffleAll(database);
}

async function shuffleAll(database: Queryable): Promise<readonly CustomerVoice[]> {
  const { rows } = await database.query<CustomerVoice>(
    'SELECT id, stars, body FROM reviews ORDER BY random() LIMIT $1',
    [wanted],
  );
  return rows;
}

/** The dice are thrown here and the primary key leads to what they show; no review is ever deleted. */
async function drawIds(database: Queryable): Promise<readonly CustomerVoice[]> {
  const newest = await database.query<{ id: number }>(
    'SELECT id FROM reviews ORDER BY id DESC LIMIT 1',
  );
  const last = newest.rows[0]?.id ?? 0;
  const ids = new Set<number>();
  while (ids.size < Math.min(wanted, last)) ids.add(randomInt(1, last + 1));
  const { rows } = await database.query<CustomerVoice>(
    'SELECT id, stars, body FROM reviews WHERE id = ANY($1)',
    [[...ids]],
  );
  return rows;
}
