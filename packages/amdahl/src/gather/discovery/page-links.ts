import { elementsOf, type HtmlElement } from '../html.ts';

/** Somewhere a page leads to. */
export interface PageLink {
  /** Absolute, without a fragment. */
  readonly url: string;
  readonly foundBy: 'link' | 'form';
  /** Why it is not to be followed; null when it is. */
  readonly leftOut: string | null;
}

/** Values tried in a text field that says nothing about what it takes. */
const wordsPerField = 3;
/** Options tried of a select. */
const optionsPerSelect = 2;

/** Links and forms of a page. `pageUrl` is where it was found, for relative addresses. */
export function pageLinks(html: string, pageUrl: string): readonly PageLink[] {
  const elements = elementsOf(html);
  const baseHref = elements.find(({ name }) => name === 'base')?.attributes['href'];
  const base = baseHref === undefined ? pageUrl : (resolve(baseHref, pageUrl) ?? pageUrl);
  const words = linkWords(elements);
  return elements.flatMap((element) => {
    if (element.name === 'a' || element.name === 'area') return anchorLinks(element, base);
    if (element.name === 'form') return formLinks(element, base, pageUrl, words);
    return [];
  });
}

function anchorLinks(element: HtmlElement, base: string): readonly PageLink[] {
  const { href } = element.attributes;
  const url = href === undefined ? null : resolve(href, base);
  if (url === null) return [];
  const method = element.attributes['data-method'] ?? element.attributes['data-turbo-method'];
  const leftOut =
    method !== undefined && method.toLowerCase() !== 'get'
      ? `a link that sends ${method.toUpperCase()}`
      : 'download' in element.attributes
        ? 'a download'
        : null;
  return [{ url, foundBy: 'link', leftOut }];
}

function formLinks(
  form: HtmlElement,
  base: string,
  pageUrl: string,
  words: readonly string[],
): readonly PageLink[] {
  const action = resolve(form.attributes['action'] || pageUrl, base);
  if (action === null) return [];
  const method = (form.attributes['method'] ?? 'get').toLowerCase();
  if (method !== 'get') {
    return [{ url: action, foundBy: 'form', leftOut: `a form that sends ${method.toUpperCase()}` }];
  }
  const fields = form.descendants().flatMap((element) => fieldOf(element, words));
  // As many submissions as the field with the most values has.
  const count = Math.max(1, ...fields.map(({ values }) => values.length));
  return Array.from({ length: count }, (_, index) => {
    const url = new URL(action);
    // A GET form replaces the query of its action.
    url.search = new URLSearchParams(
      fields.map(({ name, values }): [string, string] => [
        name,
        values[index % values.length] as string,
      ]),
    ).toString();
    return { url: url.href, foundBy: 'form', leftOut: null };
  });
}

interface Field {
  readonly name: string;
  readonly values: readonly string[];
}

function fieldOf(element: HtmlElement, words: readonly string[]): readonly Field[] {
  const { name, value, type, placeholder, min } = element.attributes;
  if (name === undefined || name === '' || 'disabled' in element.attributes) return [];
  if (element.name === 'select') {
    const options = element.descendants().filter((child) => child.name === 'option');
    const values = options.map((option) => option.attributes['value'] ?? option.text());
    return values.length === 0 ? [] : [{ name, values: values.slice(0, optionsPerSelect) }];
  }
  if (element.name === 'textarea') return [{ name, values: [element.text()] }];
  if (element.name !== 'input') return [];
  switch (type?.toLowerCase() ?? 'text') {
    case 'checkbox':
    case 'radio':
      return 'checked' in element.attributes ? [{ name, values: [value ?? 'on'] }] : [];
    case 'submit':
    case 'button':
    case 'image':
    case 'reset':
    case 'file':
      return [];
    case 'number':
    case 'range':
      return [{ name, values: [value || min || '1'] }];
    case 'text':
    case 'search':
      if (value) return [{ name, values: [value] }];
      return [{ name, values: words.length > 0 ? words : [placeholder ?? ''] }];
    default:
      return [{ name, values: [value ?? ''] }];
  }
}

/** Words the page's own links use: what its visitors might search for. */
function linkWords(elements: readonly HtmlElement[]): readonly string[] {
  const words = elements
    .filter((element) => element.name === 'a' && !element.ancestors.includes('nav'))
    .flatMap((element) => element.text().match(/\p{L}{4,}/gu) ?? [])
    .map((word) => word.toLowerCase());
  return [...new Set(words)].slice(-wordsPerField);
}

function resolve(href: string, base: string): string | null {
  try {
    const url = new URL(href.trim(), base);
    url.hash = '';
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}
