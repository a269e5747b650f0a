import type { SampledResponse } from '../../artifacts/responses.ts';
import { isAsset } from './http-headers.ts';

/** What one request of a user pulls over the link: the reply, and what a page then fetches. */
export interface View {
  readonly route: string;
  /** The page or API reply first. */
  readonly responses: readonly SampledResponse[];
}

/** One view per route that users ask for by themselves; assets belong to the pages that name them. */
export function viewsOf(responses: readonly SampledResponse[]): readonly View[] {
  const byUrl = new Map(responses.map((response) => [response.url, response]));
  return responses
    .filter((response) => !isAsset(response))
    .map((response) => {
      const urls = new Set(response.resources.map((resource) => resource.url));
      const resources = [...urls].flatMap((url) => byUrl.get(url) ?? []);
      return { route: response.route, responses: [response, ...resources] };
    });
}
