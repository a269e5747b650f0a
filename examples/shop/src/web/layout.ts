import type { Category, Settings } from '../catalogue/front-matter.ts';
import type { ProductCard } from '../catalogue/product-lists.ts';
import type { Shop } from '../shop.ts';
import { formatPrice, formatStars } from './format.ts';
import { html, Html } from './html.ts';

/** What every page shows around its content. */
export interface Chrome {
  readonly settings: Settings;
  readonly categories: readonly Category[];
}

export interface Page {
  readonly title: string;
  readonly chrome: Chrome;
  readonly body: Html;
  /** The page has a form with a choice of countries. */
  readonly countries?: boolean;
  /** Address of the picture that dominates the first screen. */
  readonly heroImage?: string;
}

/** Renders a whole document. */
export function renderPage(shop: Shop, page: Page): string {
  const name = page.chrome.settings.get('shop name') ?? 'Shop';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · ${name}</title>
        <link rel="icon" href="${shop.assets.address('favicon.svg')}" />
        ${shop.fixes.has('front-end') ? leanHead(shop, page) : blockingHead(shop)}
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/">${name}</a>
          <form class="search" action="/search" role="search">
            <input
              name="q"
              type="search"
              placeholder="Search"
              aria-label="Search products"
              required
            />
            <button>Search</button>
          </form>
          <nav class="links">
            <a href="/reviews">Reviews</a><a href="/reports/sales">Sales</a
            ><a href="/users/1">Account</a>
          </nav>
        </header>
        <p class="banner">${page.chrome.settings.get('banner')}</p>
        <nav class="categories" aria-label="Categories">
          ${page.chrome.categories.map(
            ({ name: category, searchText }) =>
              html`<a href="/search?q=${encodeURIComponent(searchText)}">${category}</a>`,
          )}
        </nav>
        <main>${page.body}</main>
        <footer><p>${name} · ${page.chrome.settings.get('support e-mail')}</p></footer>
        ${shop.fixes.has('front-end') && html`<link rel="stylesheet" href="${shop.assets.address('rest.css')}" />`}
      </body>
    </html> `.text;
}

/** Everything in the head, in the order somebody added it. */
function blockingHead(shop: Shop): Html {
  return html`<link rel="stylesheet" href="${shop.assets.address('critical.css')}" />
    <link rel="stylesheet" href="${shop.assets.address('rest.css')}" />
    <script src="${shop.assets.address('countries.js')}"></script>
    <script src="${shop.assets.address('shop.js')}"></script>`;
}

/** The styles of the first screen inline, the rest after the content; scripts once it is there. */
function leanHead(shop: Shop, page: Page): Html {
  return html`<style>
      ${new Html(shop.assets.text('critical.css'))}
    </style>
    ${page.heroImage !== undefined && html`<link rel="preload" as="image" href="${page.heroImage}" fetchpriority="high" />`}
    ${page.countries === true && html`<script src="${shop.assets.address('countries.js')}" defer></script>`}
    <script src="${shop.assets.address('shop.js')}" defer></script>`;
}

/** A picture. Only the first screen's is worth loading at once. */
export function renderImage(shop: Shop, address: string, alt: string, hero = false): Html {
  if (!shop.fixes.has('front-end')) return html`<img src="${address}" alt="${alt}" />`;
  return hero
    ? html`<img src="${address}" alt="${alt}" width="640" height="480" fetchpriority="high" />`
    : html`<img
        src="${address}"
        alt="${alt}"
        width="640"
        height="480"
        loading="lazy"
        decoding="async"
      />`;
}

/** Address of the picture of a product's category. */
export function pictureOf(shop: Shop, categoryId: number): string {
  return shop.assets.address(`category-${categoryId}.png`);
}

export function renderCards(shop: Shop, products: readonly ProductCard[]): Html {
  return html`<ul class="cards">
    ${products.map(
      (product) =>
        html` <li class="card">
          <a href="/products/${product.id}">
            ${renderImage(shop, pictureOf(shop, product.categoryId), '')}
            <span class="card-name">${product.name}</span>
            <span class="card-summary">${product.summary}</span>
            <span class="card-foot"
              ><b>${formatPrice(product.priceCents)}</b>
              ${product.reviewCount > 0 && html`<span class="stars" title="${product.reviewCount} reviews">${formatStars(product.rating)}</span>`}</span
            >
          </a>
        </li>`,
    )}
  </ul>`;
}
