import { createProductLists, type ProductCard } from './product-lists.ts';
import { findProduct, type Product } from './find-product.ts';
import type { Queryable, Shop } from '../shop.ts';
import { reviewsOf, type ReviewPage } from '../reviews/reviews.ts';
import { renderReviews } from '../reviews/render-reviews.ts';
import { formatPrice, formatStars } from '../web/format.ts';
import { html } from '../web/html.ts';
import { pictureOf, renderCards, renderImage, renderPage, type Chrome } from '../web/layout.ts';

export interface ProductPageRequest {
  readonly productId: number;
  /** Show the reviews older than this one. */
  readonly before: number | undefined;
  /** The order that was just placed from this page. */
  readonly ordered: number | undefined;
}

interface ProductPageModel {
  readonly chrome: Chrome;
  readonly product: Product;
  readonly reviews: ReviewPage;
  readonly related: readonly ProductCard[];
  readonly inStock: number;
  readonly deliveryDays: number;
  readonly branches: number;
}

/** Renders a product's page; null when there is no such product. */
export async function renderProductPage(
  shop: Shop,
  request: ProductPageRequest,
): Promise<string | null> {
  const load = shop.fixes.has('sequential-io') ? loadAtOnce : loadOneByOne;
  const model = await load(shop, request);
  return model === null ? null : render(shop, model, request.ordered);
}

type LoadModel = (shop: Shop, request: ProductPageRequest) => Promise<ProductPageModel | null>;

const loadOneByOne: LoadModel = async (shop, { productId, before }) => {
  const lists = createProductLists(shop.pool, shop.fixes);
  const product = await findProduct(shop.pool, productId);
  if (product === null) return null;
  const chrome = await shop.frontMatter.chrome();
  const reviews = await reviewsOf(shop.pool, shop.fixes, productId, before);
  const related = await lists.related(product.categoryId, productId);
  const inStock = await readStock(shop.pool, productId);
  const deliveryDays = await shop.outside.estimateDelivery(productId);
  const branches = await shop.outside.countBranchesWith(productId);
  return { chrome, product, reviews, related, inStock, deliveryDays, branches };
};

/** Only the related products have to wait for something: for the product's category. */
const loadAtOnce: LoadModel = async (shop, { productId, before }) => {
  const lists = createProductLists(shop.pool, shop.fixes);
  const finding = findProduct(shop.pool, productId);
  const [product, chrome, reviews, related, inStock, deliveryDays, branches] = await Promise.all([
    finding,
    shop.frontMatter.chrome(),
    reviewsOf(shop.pool, shop.fixes, productId, before),
    finding.then((product) => (product ? lists.related(product.categoryId, productId) : [])),
    readStock(shop.pool, productId),
    shop.outside.estimateDelivery(productId),
    shop.outside.countBranchesWith(productId),
  ]);
  return product && { chrome, product, reviews, related, inStock, deliveryDays, branches };
};

async function readStock(database: Queryable, productId: number): Promise<number> {
  const { rows } = await database.query<{ quantity: number }>(
    'SELECT quantity FROM stock WHERE product_id = $1',
    [productId],
  );
  return rows[0]?.quantity ?? 0;
}

function render(shop: Shop, model: ProductPageModel, ordered: number | undefined): string {
  const { product, reviews } = model;
  const heroImage = pictureOf(shop, product.categoryId);
  return renderPage(shop, {
    title: product.name,
    chrome: model.chrome,
    heroImage,
    countries: true,
    body: html`${ordered !== undefined && html`<p class="note" role="status">Thank you! Your order has number ${ordered}.</p>`}
      <section class="product">
        ${renderImage(shop, heroImage, product.name, true)}
        <div>
          <h1>${product.name}</h1>
          <p>${product.summary}</p>
          <p class="price">${formatPrice(product.priceCents)}</p>
          ${product.reviewCount > 0 && html`<p><span class="stars">${formatStars(product.rating)}</span> <a href="#reviews">${product.reviewCount} reviews</a></p>`}
          <ul class="facts">
            <li>${model.inStock > 0 ? 'In stock' : 'Sold out'}</li>
            <li>At your door in ${model.deliveryDays} days</li>
            <li>On the shelf in ${model.branches} of our shops</li>
          </ul>
          <form class="buy" action="/orders" method="post">
            <input type="hidden" name="productId" value="${product.id}" />
            <label
              >Quantity <input name="quantity" type="number" min="1" max="10" value="1"
            /></label>
            <label
              >Deliver to
              <select name="country"></select
            ></label>
            <button>Buy</button>
          </form>
        </div>
      </section>
      <section class="description">
        <h2>Description</h2>
        <p>${product.description}</p>
        <dl class="specification">
          ${Object.entries(product.specification).map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </section>
      <h2>You may also like</h2>
      ${renderCards(shop, model.related)}
      <h2 id="reviews">Reviews</h2>
      ${renderReviews(reviews.reviews)}
      ${reviews.next !== null && html`<p class="pages"><a href="/products/${product.id}?before=${reviews.next}#reviews">Older reviews</a></p>`}`,
  });
}
