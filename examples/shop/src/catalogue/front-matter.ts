import { latestReviews, type Review } from '../reviews/reviews.ts';
import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';
import type { Chrome } from '../web/layout.ts';
import { createProductLists, type ProductCard } from './product-lists.ts';
import { readShopFacts, type ShopFacts } from './shop-facts.ts';
import { TtlCache } from './ttl-cache.ts';

export type Settings = ReadonlyMap<string, string>;

export interface Category {
  readonly name: string;
  /** Finds the category's products. */
  readonly searchText: string;
}

/** What is the same for every visitor and changes a few times a day. */
interface FrontMatterReaders {
  readonly settings: () => Promise<Settings>;
  readonly categories: () => Promise<readonly Category[]>;
  readonly bestSellers: () => Promise<readonly ProductCard[]>;
  readonly newArrivals: () => Promise<readonly ProductCard[]>;
  readonly latestReviews: () => Promise<readonly Review[]>;
  readonly facts: () => Promise<ShopFacts>;
}

export interface FrontMatter extends FrontMatterReaders {
  /** Settings and categories, for the frame of a page. */
  readonly chrome: () => Promise<Chrome>;
}

/** How stale any of it may be. */
const ttlMs = 60_000;

export function createFrontMatter(database: Queryable, fixes: Fixes): FrontMatter {
  const lists = createProductLists(database, fixes);
  const direct: FrontMatterReaders = {
    settings: () => readSettings(database),
    categories: () => readCategories(database),
    bestSellers: () => lists.bestSellers(),
    newArrivals: () => lists.newArrivals(),
    latestReviews: () => latestReviews(database, 3),
    facts: () => readShopFacts(database),
  };
  const readers = fixes.has('cache') ? kept(direct) : direct;
  return {
    ...readers,
    chrome: async () => {
      const [settings, categories] = await Promise.all([readers.settings(), readers.categories()]);
      return { settings, categories };
    },
  };
}

function kept(direct: FrontMatterReaders): FrontMatterReaders {
  const cache = new TtlCache({ ttlMs, maxEntries: 16 });
  return {
    settings: () => cache.getOrLoad('settings', direct.settings),
    categories: () => cache.getOrLoad('categories', direct.categories),
    bestSellers: () => cache.getOrLoad('best sellers', direct.bestSellers),
    newArrivals: () => cache.getOrLoad('new arrivals', direct.newArrivals),
    latestReviews: () => cache.getOrLoad('latest reviews', direct.latestReviews),
    facts: () => cache.getOrLoad('facts', direct.facts),
  };
}

async function readSettings(database: Queryable): Promise<Settings> {
  const { rows } = await database.query<{ name: string; value: string }>(
    'SELECT name, value FROM settings',
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}

async function readCategories(database: Queryable): Promise<readonly Category[]> {
  const { rows } = await database.query<Category>(
    'SELECT name, search_text AS "searchText" FROM categories ORDER BY name',
  );
  return rows;
}
