import type { Shop } from '../shop.ts';
import { html } from '../web/html.ts';
import { formatCount } from '../web/format.ts';
import { pictureOf, renderCards, renderImage, renderPage } from '../web/layout.ts';
import type { Review } from '../reviews/reviews.ts';
import { renderReviews } from '../reviews/render-reviews.ts';
import type { Category, FrontMatter, Settings } from './front-matter.ts';
import type { ProductCard } from './product-lists.ts';
import type { ShopFacts } from './shop-facts.ts';

interface HomepageModel {
  readonly settings: Settings;
  readonly categories: readonly Category[];
  readonly bestSellers: readonly ProductCard[];
  readonly arrivals: readonly ProductCard[];
  readonly reviews: readonly Review[];
  readonly facts: ShopFacts;
}

export async function renderHomepage(shop: Shop): Promise<string> {
  const load = shop.fixes.has('sequential-io') ? loadAtOnce : loadOneByOne;
  return render(shop, await load(shop.frontMatter));
}

async function loadOneByOne(frontMatter: FrontMatter): Promise<HomepageModel> {
  const settings = await frontMatter.settings();
  const categories = await frontMatter.categories();
  const bestSellers = await frontMatter.bestSellers();
  const arrivals = await frontMatter.newArrivals();
  const reviews = await frontMatter.latestReviews();
  const facts = await frontMatter.facts();
  return { settings, categories, bestSellers, arrivals, reviews, facts };
}

async function loadAtOnce(frontMatter: FrontMatter): Promise<HomepageModel> {
  const [settings, categories, bestSellers, arrivals, reviews, facts] = await Promise.all([
    frontMatter.settings(),
    frontMatter.categories(),
    frontMatter.bestSellers(),
    frontMatter.newArrivals(),
    frontMatter.latestReviews(),
    frontMatter.facts(),
  ]);
  return { settings, categories, bestSellers, arrivals, reviews, facts };
}

function render(shop: Shop, model: HomepageModel): string {
  const heroImage = pictureOf(shop, 1);
  return renderPage(shop, {
    title: 'Things that last',
    chrome: model,
    heroImage,
    body: html`<section class="hero">
        ${renderImage(shop, heroImage, 'A brass lamp', true)}
        <div class="hero-text">
          <h1>Things that last</h1>
          <p>
            ${formatCount(model.facts.products)} pieces for home and garden, made to be repaired.
            Trusted by ${formatCount(model.facts.customers)} customers.
          </p>
        </div>
      </section>
      <h2>Best sellers</h2>
      ${renderCards(shop, model.bestSellers)}
      <h2>New arrivals</h2>
      ${renderCards(shop, model.arrivals)}
      <h2>What customers say</h2>
      ${renderReviews(model.reviews)}
      <p><a href="/reviews">All reviews</a></p>`,
  });
}
