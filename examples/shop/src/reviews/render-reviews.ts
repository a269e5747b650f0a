import { formatDate, formatStars } from '../web/format.ts';
import { html, type Html } from '../web/html.ts';
import type { Review } from './reviews.ts';

export function renderReviews(reviews: readonly Review[]): Html {
  return html`<ul class="reviews">
    ${reviews.map(
      (review) =>
        html` <li class="review">
          <span class="stars">${formatStars(review.stars)}</span>
          <a href="/products/${review.product.id}">${review.product.name}</a>
          <p>${review.body}</p>
          <span class="by">${review.author}, ${formatDate(review.createdAt)}</span>
        </li>`,
    )}
  </ul>`;
}
