import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SwitchName } from 'shop/src/switches';

/** Sins of the shop that one load shows, each to be proven on its own. */
export interface Case {
  readonly script: string;
  readonly users: number;
  readonly sins: readonly SwitchName[];
  /** Route whose answer is asked for, where it is not the one with the largest predicted gain. */
  readonly route?: string;
}

const walked = fileURLToPath(new URL('../../test/support/loads', import.meta.url));
const own = fileURLToPath(new URL('.', import.meta.url));

/** Every sin in the rows of the database (1 to 7). */
export const cases: readonly Case[] = [
  {
    script: join(walked, 'browsing.ts'),
    users: 4,
    sins: ['index', 'non-sargable', 'leading-wildcard', 'n-plus-one', 'large-result', 'pool'],
  },
  { script: join(walked, 'ordering.ts'), users: 8, sins: ['redundant-index', 'lock-contention'] },
  {
    script: join(walked, 'warehouse.ts'),
    users: 4,
    sins: ['duplicate-read', 'chatty-transaction'],
  },
  {
    script: join(walked, 'office.ts'),
    users: 8,
    sins: [
      'not-in-subquery',
      'or-across-columns',
      'implicit-cast',
      'random-order',
      'existence-count',
      'deadlock',
    ],
  },
  // A tenth of the homepage's time is found only where nothing else takes turns with it.
  { script: join(own, 'homepage.ts'), users: 1, sins: ['select-star'] },
  {
    script: join(own, 'archive.ts'),
    users: 2,
    sins: ['deep-offset'],
    route: 'GET /reviews (oldest)',
  },
  // Who keeps a connection while a label is printed gains nothing by giving it back: others do.
  {
    script: join(own, 'labels.ts'),
    users: 24,
    sins: ['idle-in-transaction'],
    route: 'GET /api/orders/:id',
  },
];
