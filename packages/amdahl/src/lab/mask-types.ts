import type { CatalogArtifact } from '../artifacts/catalog.ts';

export interface TypeResolver {
  /** The type below domains, without a modifier: `character varying` of `varchar(80)`. */
  base(type: string): string;
  /** Enums and booleans: their values are part of the schema. */
  isSchema(base: string): boolean;
}

export function typeResolver({ types = [] }: CatalogArtifact): TypeResolver {
  const definitions = new Map(types.map(({ name, definition }) => [name, definition]));
  const base = (type: string): string => {
    const bare = withoutModifier(type);
    const domain = /^CREATE DOMAIN .*? AS (.+)$/s.exec(definitions.get(bare) ?? '')?.[1];
    return domain === undefined ? bare : base(domain);
  };
  return {
    base,
    isSchema: (type) => type === 'boolean' || / AS ENUM \(/.test(definitions.get(type) ?? ''),
  };
}

/** Masked values keep no length or scale. `timestamp(3) with time zone` loses its 3 too. */
export function withoutModifier(type: string): string {
  return type.replaceAll(/\(\d+(,-?\d+)?\)/g, '');
}

/** What the catalog does not say: the type of an indexed expression, as far as its text tells. */
export function expressionType(expression: string): string | null {
  if (
    /^\(?\(*(lower|upper|btrim|ltrim|rtrim|replace|left|right|"?substring"?)\(/i.test(expression)
  ) {
    return 'text';
  }
  if (/^\(?\(*(EXTRACT|date_part)\(/i.test(expression)) return 'numeric';
  const [, cast] = /\)::([a-z ]+)\)?$/.exec(expression) ?? [];
  return cast ?? (/->>/.test(expression) ? 'text' : null);
}
