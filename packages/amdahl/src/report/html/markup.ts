/**
 * HTML that is escaped unless it was written here: every value put into an `html` template is text,
 * but for what another such template made. Statements, paths and names come from the measured
 * service and may hold anything.
 */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. Null, undefined and false stand for nothing; lists are joined. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** A piece of HTML. Attribute values must be quoted. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    strings.reduce((text, part, index) => `${text}${textOf(contents[index - 1])}${part}`),
  );
}

/** Text that is HTML already: the style sheet and the scripts of this package, and nothing else. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** A value as JSON in a `script` element, which no text in it can end (`</script>`, `<!--`). */
export function jsonIsland(className: string, value: unknown): Markup {
  const json = JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
  return html`<script type="application/json" class="${className}">
    ${trusted(json)}
  </script>`;
}

/** A sentence whose `words` in backticks are code. */
export function prose(text: string): Content {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : unbroken(part)));
}

/** Text in which a figure stays on one line with its unit. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:µs|ms|s|min|h|B|kB|MB|GB)\b|%)/g, '$1\u00a0');
}

function textOf(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escapeText(String(content));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
