/** `€1,212.50` */
export function formatPrice(cents: number): string {
  return priceFormat.format(cents / 100);
}

const priceFormat = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' });

/** `4 March 2025`, in UTC. */
export function formatDate(date: Date): string {
  return dateFormat.format(date);
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** `1,234,567` */
export function formatCount(count: number): string {
  return countFormat.format(count);
}

const countFormat = new Intl.NumberFormat('en-GB');

/** `★★★★☆` */
export function formatStars(rating: number): string {
  const full = Math.round(rating);
  return '★'.repeat(full) + '☆'.repeat(5 - full);
}
