/**
 * A literal that names its type, `interval '1 day'`, loses its quotes where constants become `$n`:
 * `interval $1`. libpg_query takes that, a server does not, so a cast is written instead.
 */
export function castTypedLiterals(text: string): string {
  return text.replace(typedLiteral, (_, type: string, parameter: string, unit = '') =>
    `${parameter}::${type}${unit}`.replace(/\s+/g, ' '),
  );
}

/** Types of which people write literals; the unit is that of `interval '5' day`. */
const typedLiteral: RegExp =
  /\b(interval|date|timestamptz|timestamp(?:\s+with(?:out)?\s+time\s+zone)?|timetz|time(?:\s+with(?:out)?\s+time\s+zone)?|jsonb?|uuid|inet|numeric|bytea|bool(?:ean)?|float8|int[248]|text)\s+(\$\d+)(\s+(?:year|month|day|hour|minute|second)(?:\s+to\s+(?:month|hour|minute|second))?\b)?/gi;
