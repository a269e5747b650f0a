import { html, type Markup } from '../markup.ts';

const token =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<parameter>\$\d+|\?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)/g;

const keywords: ReadonlySet<string> = new Set(
  (
    'add all alter analyze and any array as asc begin between by case cast check collate column commit ' +
    'concurrently constraint create cross current_date current_timestamp default delete desc distinct drop ' +
    'else end exists extract false fetch filter first for foreign from full group having if ilike in include ' +
    'index inner insert into is join key last lateral left like limit natural no not null nulls offset on only ' +
    'or order outer over partition primary references returning right rollback select set share similar some ' +
    'table then to true truncate union unique update using values view when where window with without'
  ).split(' '),
);

/** SQL with its keywords, texts, parameters and comments marked. */
export function sqlMarkup(sql: string): Markup {
  const parts: (Markup | string)[] = [];
  let end = 0;
  for (const match of sql.matchAll(token)) {
    parts.push(sql.slice(end, match.index));
    parts.push(marked(match[0], match.groups ?? {}));
    end = match.index + match[0].length;
  }
  return html`${[...parts, sql.slice(end)]}`;
}

function marked(
  text: string,
  groups: Readonly<Record<string, string | undefined>>,
): Markup | string {
  if (groups['word'] !== undefined) {
    return keywords.has(text.toLowerCase()) ? html`<span class="keyword">${text}</span>` : text;
  }
  if (groups['comment'] !== undefined) return html`<span class="comment">${text}</span>`;
  if (groups['string'] !== undefined) return html`<span class="string">${text}</span>`;
  return groups['parameter'] === undefined ? text : html`<span class="parameter">${text}</span>`;
}
