import type { Pool } from 'pg';
import type { BackgroundQueue } from './background/background-queue.ts';
import type { FrontMatter } from './catalogue/front-matter.ts';
import type { Mailer } from './outside/mailer.ts';
import type { OutsideServices } from './outside/outside-services.ts';
import type { Fixes } from './switches.ts';
import type { Recommender } from './users/recommendations.ts';
import type { Assets } from './web/assets.ts';

/** What the routes work with. */
export interface Shop {
  readonly fixes: Fixes;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly frontMatter: FrontMatter;
  readonly recommend: Recommender;
  readonly outside: OutsideServices;
  readonly mailer: Mailer;
  readonly background: BackgroundQueue;
  readonly assets: Assets;
}

/** What runs a statement: the pool, or one connection of it. */
export type Queryable = Pick<Pool, 'query'>;
