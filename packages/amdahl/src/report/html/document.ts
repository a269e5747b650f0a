import { createHash } from 'node:crypto';
import { readScript, readStyles, type ScriptName } from './assets.ts';
import { html, trusted, type Content, type Markup } from './markup.ts';

/** What tells one page from another. */
export interface HtmlDocument {
  /** Follows the name of the program in the browser's tab. */
  readonly title: string;
  readonly amdahlVersion: string;
  /** What the page is about, under the sign of the program: a heading, facts, what to mind. */
  readonly masthead: Content;
  /** Where the link for keyboards and screen readers leads, past the masthead. */
  readonly skip: string;
  readonly main: Content;
  /** @default 'report' */
  readonly mainId?: string;
  /** Said at the end after the version. */
  readonly foot?: Content;
  /** Style beyond that of all pages. */
  readonly style?: string;
  readonly scripts?: readonly ScriptName[];
  /**
   * Whether a server answers its scripts.
   * @default false: the page is a file and asks for nothing
   */
  readonly isServed?: boolean;
}

/**
 * A page of Amdahl: one file that needs no other, dark and light, from 390 pixels wide.
 *
 * Its texts come from measured services, statements and logs. They are escaped where they are put
 * in; beyond that the page's own policy lets no script run but those of this package, and nothing
 * be loaded from anywhere.
 */
export function htmlDocument(document: HtmlDocument): Markup {
  const { title, amdahlVersion, masthead, skip, main, mainId = 'report', foot } = document;
  const scripts = (document.scripts ?? []).map((name) => readScript(name));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="${policy(scripts, document)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Amdahl ${amdahlVersion}" />
        <title>Amdahl · ${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(readStyles())} ${document.style !== undefined && trusted(document.style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#${mainId}">${skip}</a>
        <header class="masthead">
          <div class="wide">${brand()} ${masthead}</div>
        </header>
        <main id="${mainId}">${main}</main>
        <footer class="foot">
          <p>Amdahl ${amdahlVersion}${foot !== undefined && html`. ${foot}`}</p>
        </footer>
        ${scripts.map((script) => trusted(`<script type="module">${script}</script>`))}
      </body>
    </html> `;
}

/**
 * Scripts are known by their hashes. Styles may stand in the page, since bars have their lengths in
 * attributes.
 */
function policy(scripts: readonly string[], { isServed = false }: HtmlDocument): string {
  const hashes = scripts.map(
    (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    ...(hashes.length === 0 ? [] : [`script-src ${hashes.join(' ')}`]),
    ...(isServed ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The sign over every page. */
function brand(): Markup {
  return html`<p class="brand">
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d="M3 21 12 3l9 18" />
      <path d="M7.5 12h9" /></svg
    >Amdahl
  </p>`;
}
