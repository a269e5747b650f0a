/**
 * A text without its literals: equal for texts that are the same statement, at a hundredth of the
 * cost, though not for all of them. A log repeats few statements with many values.
 */
export function lexicalKey(text: string): string {
  return text.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\s+/g, (token) =>
    token[0] === '"' ? token : token[0] === "'" || /\d/.test(token) ? '?' : ' ',
  );
}
