import { fileURLToPath } from 'node:url';

/** A place in a person's own code. */
export interface ErrorPlace {
  readonly file: string;
  readonly line: number;
}

/** Folder of this package's own code, which is never the place to look at. */
const ownFolder: string = fileURLToPath(new URL('.', import.meta.url));

/** `path:12` alone on the first line: how Node heads the stack of a syntax error. */
const syntaxErrorHead = /^(\S.*):(\d+)$/;
/** `at name (path:12:3)` or `at path:12:3` */
const stackFrame = /^\s+at (?:.*\()?((?:file:\/\/|[/\\]|[A-Za-z]:[/\\]).*?):(\d+):\d+\)?$/;

/** Where in the person's own code an error was thrown: the nearest frame that is in it. */
export function placeOf(error: unknown): ErrorPlace | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  const lines = error.stack.split('\n');
  const head = syntaxErrorHead.exec(lines[0] ?? '');
  if (head !== null) return { file: pathOf(head[1] as string), line: Number(head[2]) };
  for (const text of lines) {
    const frame = stackFrame.exec(text);
    if (frame === null) continue;
    const file = pathOf(frame[1] as string);
    if (file.startsWith(ownFolder) || /[/\\]node_modules[/\\]/.test(file)) continue;
    return { file, line: Number(frame[2]) };
  }
  return undefined;
}

/** What was thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

function pathOf(location: string): string {
  const withoutQuery = location.replace(/\?.*$/, '');
  return withoutQuery.startsWith('file://') ? fileURLToPath(withoutQuery) : withoutQuery;
}
