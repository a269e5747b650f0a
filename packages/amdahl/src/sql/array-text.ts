/** Arrays in PostgreSQL's text form, one dimension: `{a,"b c",NULL}`. */

/** The elements; NULL becomes the text `NULL`, which statistics never hold. */
export function parseArrayText(text: string | null): readonly string[] {
  const elements = (text ?? '').slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return [...elements].map(([, quoted, bare]) => quoted?.replaceAll(/\\(.)/gs, '$1') ?? bare ?? '');
}

/** Every element quoted, which PostgreSQL takes for any type. */
export function formatArrayText(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return `{${quoted.join(',')}}`;
}
