/** Routes under load and where they come from. */
export interface RoutesArtifact {
  /** `script` when the user gave one; else how the routes were discovered. */
  readonly source: 'script' | 'discovered' | 'config';
  /** File of the script, when there is one. */
  readonly script: string | null;
  readonly routes: readonly Route[];
  /** What was seen and not visited, and why. */
  readonly leftOut: readonly { readonly url: string; readonly reason: string }[];
}

export interface Route {
  /** `GET /products/:id` */
  readonly name: string;
  readonly method: string;
  readonly pattern: string;
  /** Concrete paths seen for the pattern, a few. */
  readonly examples: readonly string[];
  /** `link`, `form`, `openapi`, `start`, `script`. */
  readonly foundBy: string;
}
