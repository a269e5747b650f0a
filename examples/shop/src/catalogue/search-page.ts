import type { Shop } from '../shop.ts';
import { html } from '../web/html.ts';
import { renderCards, renderPage, type Chrome } from '../web/layout.ts';
import type { ProductCard } from './product-lists.ts';

export function renderSearchPage(
  shop: Shop,
  chrome: Chrome,
  text: string,
  found: readonly ProductCard[],
): string {
  return renderPage(shop, {
    title: `Search: ${text}`,
    chrome,
    body: html`<h1>“${text}”</h1>
      <p>${found.length === 0 ? 'Nothing found.' : `${found.length} popular products`}</p>
      ${renderCards(shop, found)}`,
  });
}
