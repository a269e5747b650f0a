/** Members a list of unknown length is planned with: enough for its rows to differ from one value's. */
const members = 5;

/**
 * PostgreSQL 18 keeps the first member of a list of constants, `IN ($1` and a comment for the rest. Planned like
 * that it would be a comparison with one value, so it gets a few members more, numbered behind the
 * parameters there are.
 */
export function expandSquashedLists(text: string): string {
  let highest = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  return text.replaceAll(/(\$\d+) \/\*, \.\.\. \*\//g, (_, first: string) => {
    const more = Array.from({ length: members - 1 }, () => `$${(highest += 1)}`);
    return [first, ...more].join(', ');
  });
}
