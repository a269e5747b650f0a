/** What reply headers say about caching and coding (RFC 9110, RFC 9111). */
import type { SampledResponse } from '../../artifacts/responses.ts';

/** A header's value by its lower-case name; empty when absent. */
export function header(response: SampledResponse, name: string): string {
  const found = Object.entries(response.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1] ?? '';
}

function cacheDirectives(response: SampledResponse): ReadonlyMap<string, string> {
  return new Map(
    header(response, 'cache-control')
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', value = ''] = part.split('=', 2);
        return [name, value.replaceAll('"', '')] as const;
      }),
  );
}

/** Whether some cache may answer with it for a while without asking. */
export function hasLifetime(response: SampledResponse): boolean {
  const directives = cacheDirectives(response);
  if (directives.has('no-cache') || directives.has('no-store')) return false;
  const seconds = Number(directives.get('s-maxage') ?? directives.get('max-age'));
  if (Number.isFinite(seconds)) return seconds > 0;
  return Date.parse(header(response, 'expires')) > Date.parse(header(response, 'date'));
}

/** Whether a client can ask "has it changed?" and be answered without the body. */
export function hasValidators(response: SampledResponse): boolean {
  return header(response, 'etag') !== '' || header(response, 'last-modified') !== '';
}

/** Whether the service says the reply is one person's, or not to be kept. */
export function isPersonal(response: SampledResponse): boolean {
  const directives = cacheDirectives(response);
  return (
    directives.has('no-store') ||
    directives.has('private') ||
    header(response, 'set-cookie') !== '' ||
    /\b(cookie|authorization|\*)/i.test(header(response, 'vary'))
  );
}

export function isEncoded(response: SampledResponse): boolean {
  return !['', 'identity'].includes(header(response, 'content-encoding').toLowerCase());
}

/** Media types that are text and shrink when compressed; images, video, fonts and archives are already. */
export function isCompressible(response: SampledResponse): boolean {
  return /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript|ecmascript|wasm|manifest)\b|image\/(svg\+xml|bmp|x-icon|vnd\.microsoft\.icon))/i.test(
    header(response, 'content-type'),
  );
}

/** Scripts, styles, images and fonts: fetched by pages, the same for everyone. */
export function isAsset(response: SampledResponse): boolean {
  return ['script', 'style', 'image', 'font'].includes(response.kind);
}
