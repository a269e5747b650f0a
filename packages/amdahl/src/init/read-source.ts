import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { workbenchErrors } from '../workbench-errors.ts';
import type { ScriptDraft } from './draft.ts';
import { fromHar } from './from-har.ts';
import { fromK6 } from './from-k6.ts';
import { fromLocust } from './from-locust.ts';
import { fromOpenapi } from './from-openapi.ts';
import { fromUrl } from './from-url.ts';

/** What a load script can be written from. */
export type SourceKind = 'url' | 'har' | 'openapi' | 'k6' | 'locust';

export interface SourceOptions {
  /** What the source is; told from its name and content when undefined. */
  readonly kind: SourceKind | undefined;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly report: (status: string) => void;
}

/**
 * Drafts a load script from a URL or a file.
 *
 * @throws `AMDAHL_INIT_*`
 */
export async function readSource(source: string, options: SourceOptions): Promise<ScriptDraft> {
  const isUrl = /^https?:\/\//.test(source) && URL.canParse(source);
  if (options.kind === 'url' || (isUrl && options.kind === undefined)) {
    if (!isUrl) throw bad('a URL such as http://127.0.0.1:3000/', source);
    return fromUrl(source, options.signal, options.report);
  }
  const text = await readText(resolve(options.cwd, source), source);
  switch (options.kind ?? kindOf(source, text)) {
    case 'har':
      return fromHar(parseDocument(text, source), source);
    case 'openapi':
      return fromOpenapi(parseDocument(text, source), source);
    case 'k6':
      return fromK6(text, source);
    case 'locust':
      return fromLocust(text, source);
    default:
      throw bad('a HAR file, an OpenAPI document, a k6 script or a locustfile', source);
  }
}

function kindOf(source: string, text: string): SourceKind | undefined {
  if (/\.har$/i.test(source)) return 'har';
  if (/\.py$/i.test(source)) return 'locust';
  if (/\bfrom\s+['"]k6(?:\/http)?['"]/.test(text)) return 'k6';
  if (/^\s*["']?(?:openapi|swagger)["']?\s*:/m.test(text)) return 'openapi';
  if (/^\s*\{\s*"log"\s*:/.test(text)) return 'har';
  if (/^\s*(?:from|import)\s+locust\b/m.test(text)) return 'locust';
  return undefined;
}

async function readText(file: string, source: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_INIT_BAD_SOURCE', {
      expected: 'a URL, or a file that can be read',
      found: `${source}: ${(cause as Error).message}`,
      next: 'Give a URL, a HAR file, an OpenAPI document, a k6 script or a locustfile.',
      cause,
    });
  }
  if (text.trim() === '') throw bad('a file with something in it', `${source}, which is empty`);
  return text;
}

/** JSON or YAML, of which JSON is a part. */
function parseDocument(text: string, source: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parseYaml(text);
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_INIT_BAD_SOURCE', {
      expected: `JSON or YAML in ${source}`,
      found: (cause as Error).message.replace(/\s+/g, ' '),
      next: 'Correct the file, or say what it is with --from.',
      cause,
    });
  }
}

function bad(expected: string, found: string): Error {
  return workbenchErrors.create('AMDAHL_INIT_BAD_SOURCE', {
    expected,
    found,
    next: `Give another source, or say what it is with --from url|har|openapi|k6|locust.`,
  });
}
