import type { PageResource } from '../artifacts/responses.ts';
import { elementsOf, type HtmlElement } from './html.ts';

/** What a page pulls in by its own HTML, resolved against `pageUrl`, in document order. */
export function pageResources(html: string, pageUrl: string): readonly PageResource[] {
  const elements = elementsOf(html);
  const baseHref = elements.find(({ name }) => name === 'base')?.attributes['href'];
  const base = baseHref === undefined ? pageUrl : new URL(baseHref, pageUrl).href;
  return elements.flatMap((element) => {
    // What a script might insert or a browser without scripts would load is not the page's own.
    if (element.ancestors.includes('noscript') || element.ancestors.includes('template')) return [];
    const found = resourceOf(element);
    if (found === null) return [];
    try {
      const url = new URL(found.reference.trim(), base);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') return [];
      const { reference: _, ...resource } = found;
      return [{ url: url.href, ...resource, offset: element.offset }];
    } catch {
      return [];
    }
  });
}

type Found = Omit<PageResource, 'url' | 'offset'> & { readonly reference: string };

function resourceOf(element: HtmlElement): Found | null {
  const { attributes } = element;
  const inHead = element.ancestors.includes('head');
  switch (element.name) {
    case 'script': {
      const reference = attributes['src'];
      if (reference === undefined || reference === '') return null;
      const waits =
        'defer' in attributes || 'async' in attributes || attributes['type'] === 'module';
      return found(reference, 'script', { renderBlocking: inHead && !waits });
    }
    case 'link':
      return linked(attributes, inHead);
    case 'img':
      return attributes['src'] ? found(attributes['src'], 'image', imageFacts(attributes)) : null;
    default:
      return null;
  }
}

function linked(attributes: Readonly<Record<string, string>>, inHead: boolean): Found | null {
  const reference = attributes['href'];
  if (reference === undefined || reference === '') return null;
  const relations = (attributes['rel'] ?? '').toLowerCase().split(/\s+/);
  if (relations.includes('stylesheet') && !relations.includes('alternate')) {
    const media = (attributes['media'] ?? 'all').trim().toLowerCase();
    // A style sheet for another medium is fetched without holding up the paint.
    const applies = media === 'all' || media === '' || media.includes('screen');
    return found(reference, 'style', { renderBlocking: inHead && applies });
  }
  if (relations.includes('icon')) return found(reference, 'image', { sized: true });
  if (relations.includes('preload') && attributes['as'] === 'font') return found(reference, 'font');
  return null;
}

function imageFacts(
  attributes: Readonly<Record<string, string>>,
): Pick<PageResource, 'lazy' | 'sized'> {
  const style = attributes['style'] ?? '';
  return {
    lazy: attributes['loading']?.toLowerCase() === 'lazy',
    sized:
      ('width' in attributes && 'height' in attributes) ||
      /aspect-ratio\s*:/i.test(style) ||
      (/(^|;)\s*width\s*:/i.test(style) && /(^|;)\s*height\s*:/i.test(style)),
  };
}

/** Only images shift the layout when they arrive: everything else counts as sized. */
function found(
  reference: string,
  kind: PageResource['kind'],
  facts: Partial<Pick<PageResource, 'renderBlocking' | 'lazy' | 'sized'>> = {},
): Found {
  return { reference, kind, renderBlocking: false, lazy: false, sized: true, ...facts };
}
