import { parse, type DefaultTreeAdapterTypes } from 'parse5';

/** An element of a page, as far as Amdahl reads it. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of the elements around it, outermost first. */
  readonly ancestors: readonly string[];
  /** Character offset of its start tag in the HTML. */
  readonly offset: number;
  /** Text inside, white space collapsed. */
  text(): string;
  /** Elements inside, in document order. */
  descendants(): readonly HtmlElement[];
}

/** Every element written in the page, in document order, without those the parser adds by itself. */
export function elementsOf(html: string): readonly HtmlElement[] {
  return inside(parse(html, { sourceCodeLocationInfo: true }), []);
}

function inside(
  node: DefaultTreeAdapterTypes.ParentNode,
  ancestors: readonly string[],
): readonly HtmlElement[] {
  return node.childNodes.flatMap((child) => {
    if (!('tagName' in child)) return [];
    const within = [...ancestors, child.tagName];
    const location = child.sourceCodeLocation;
    const element: HtmlElement = {
      name: child.tagName,
      attributes: Object.fromEntries(child.attrs.map(({ name, value }) => [name, value])),
      ancestors,
      offset: location?.startOffset ?? 0,
      text: () => textOf(child).replace(/\s+/g, ' ').trim(),
      descendants: () => inside(child, within),
    };
    return location === null || location === undefined
      ? inside(child, within)
      : [element, ...inside(child, within)];
  });
}

function textOf(node: DefaultTreeAdapterTypes.ParentNode): string {
  return node.childNodes
    .map((child) =>
      'value' in child ? child.value : 'childNodes' in child ? ` ${textOf(child)} ` : '',
    )
    .join('');
}
