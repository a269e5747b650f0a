import { parse as parseYaml } from 'yaml';

/** The arguments of a call whose opening parenthesis is at this place, and where it ends. */
export function callArguments(
  text: string,
  open: number,
): { readonly arguments: readonly string[]; readonly end: number } {
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  let quote = '';
  for (let at = open; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (/["'`]/.test(character)) {
      quote = character;
    } else if (/[([{]/.test(character)) {
      depth += 1;
    } else if (/[)\]}]/.test(character)) {
      depth -= 1;
      if (depth === 0) {
        parts.push(text.slice(from, at).trim());
        return { arguments: parts.filter((part) => part !== ''), end: at + 1 };
      }
    } else if (character === ',' && depth === 1) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return { arguments: parts.filter((part) => part !== ''), end: text.length };
}

/** A text, a word or a colon: what a literal of another language writes unlike YAML. */
const token = /'((?:[^'\\]|\\.)*)'|"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*|:/g;
const yamlWords = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
]);

/**
 * The value of a literal in JavaScript or Python: texts, numbers, lists and objects of such.
 * Undefined for anything that has to be computed. Both languages' literals are nearly YAML's flow
 * style, once texts are in double quotes and words have their YAML names.
 */
export function literalValue(code: string): unknown {
  if (/`/.test(code) && !/^`[^`$]*`$/.test(code)) return undefined;
  // Outside of texts nothing but words, numbers and punctuation is a literal.
  const outside = code.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  if (/[()$+*/?=<>&|!;]|\.\.\.|\bf"/.test(outside)) return undefined;
  const words = outside.match(/[A-Za-z_$][\w$.]*(?!\s*:)\b/g) ?? [];
  const known = new Set(['true', 'false', 'null', 'True', 'False', 'None']);
  const values = words.filter((word) => !new RegExp(`\\b${word}\\s*:`).test(outside));
  if (values.some((word) => !known.has(word))) return undefined;
  const yaml = code
    .replace(/^`([^`]*)`$/s, (_, text: string) => JSON.stringify(text))
    .replace(token, (all: string, single?: string) => {
      if (single !== undefined) return JSON.stringify(single.replace(/\\(.)/g, '$1'));
      return all === ':' ? ': ' : (yamlWords.get(all) ?? all);
    });
  try {
    return parseYaml(yaml) as unknown;
  } catch {
    return undefined;
  }
}

/** Path and query of an address written in code, without its origin; undefined when it is computed. */
export function pathOfCode(code: string): string | undefined {
  // An address often begins with the service's own, kept in a variable.
  const plain = code.replace(/^(['"`])\$\{[^}]*\}/, '$1').replace(/^[\w.$]+\s*\+\s*(?=['"`])/, '');
  const value = literalValue(plain);
  if (typeof value !== 'string') return undefined;
  if (value.startsWith('/')) return value;
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.pathname + url.search;
}

/** The origin of an address written in code; undefined when it has none. */
export function originOfCode(code: string): string | undefined {
  const value = literalValue(code);
  return typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value)
    ? new URL(value).origin
    : undefined;
}
