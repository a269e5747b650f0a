/** One sampled reply per route that answers GET, requested twice to see what stays equal. */
export interface ResponsesArtifact {
  readonly responses: readonly SampledResponse[];
}

export interface SampledResponse {
  readonly route: string;
  readonly url: string;
  /** What it is: the page itself, or something the page pulls in. */
  readonly kind: 'page' | 'api' | 'script' | 'style' | 'image' | 'font' | 'other';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Body length as sent, with `accept-encoding: gzip, br`. */
  readonly sentBytes: number;
  /** Body length decoded. */
  readonly decodedBytes: number;
  /** Body really compressed here at gzip level 6 and brotli quality 4; null when not worth trying. */
  readonly gzipBytes: number | null;
  readonly brotliBytes: number | null;
  /** Whether a second request, same cookies none, had the same body. */
  readonly repeatable: boolean;
  /** Status of a conditional request with the validators of the first reply; null without validators. */
  readonly revalidatedStatus: number | null;
  /** Resources the page names, resolved against it; empty for anything but pages. */
  readonly resources: readonly PageResource[];
}

export interface PageResource {
  readonly url: string;
  readonly kind: 'script' | 'style' | 'image' | 'font';
  /** Stops the first paint: a classic script without defer or async, or a style sheet, in the head. */
  readonly renderBlocking: boolean;
  /** `loading="lazy"` */
  readonly lazy: boolean;
  /** Width and height, or an aspect ratio, are known before the resource arrives. */
  readonly sized: boolean;
  /** Character offset of the element in the HTML. */
  readonly offset: number;
}
