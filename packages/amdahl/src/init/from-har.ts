import { list, record } from '../gather/discovery/json-document.ts';
import { withoutIdentifiers } from '../gather/discovery/route-pattern.ts';
import { counted } from '../wording.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { request, visitor, type RequestDraft, type ScriptDraft, type StepDraft } from './draft.ts';

/** A gap between requests above which a person was thinking, not a page loading. */
const thinkingMs = 1_000;
/** People are not clockwork: pauses vary by this ratio around those recorded. */
const pauseVariation = 0.5;
const maxSteps = 300;
const staticTypes = /^(image|font|audio|video)\/|css|javascript|wasm/;
const staticFiles = /\.(?:css|m?js|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|mp4|webm)$/i;

interface Entry {
  readonly url: URL;
  readonly method: string;
  readonly startedMs: number;
  readonly mimeType: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly postData: Record<string, unknown> | null;
}

/**
 * One visit as a browser recorded it: requests in order, with its pauses. Only the origin most
 * requests went to; static files are left out, and so are cookies and tokens.
 *
 * @throws `AMDAHL_INIT_BAD_SOURCE`, `AMDAHL_INIT_NOTHING_FOUND`
 */
export function fromHar(document: unknown, source: string): ScriptDraft {
  const log = record(record(document)?.['log']);
  if (log === null || !Array.isArray(log['entries'])) {
    throw workbenchErrors.create('AMDAHL_INIT_BAD_SOURCE', {
      expected: 'a HAR file with log.entries',
      found: `another document in ${source}`,
      next: "Save it in the browser's network panel as HAR.",
    });
  }
  const entries = log['entries'].flatMap(entryOf).sort((a, b) => a.startedMs - b.startedMs);
  const origins = Map.groupBy(entries, ({ url }) => url.origin);
  const [main] = [...origins].sort((a, b) => b[1].length - a[1].length);
  const visited = (main?.[1] ?? []).filter(
    ({ mimeType, url }) => !staticTypes.test(mimeType) && !staticFiles.test(url.pathname),
  );
  if (main === undefined || visited.length === 0) {
    throw workbenchErrors.create('AMDAHL_INIT_NOTHING_FOUND', {
      expected: `requests for pages or data in ${source}`,
      found: `${entries.length} entries, none of them one`,
      next: 'Record a visit with the network panel open, and save it as HAR.',
    });
  }
  const kept = visited.slice(0, maxSteps);
  const bearer = visited.some(({ headers }) =>
    /^bearer /i.test(headers.get('authorization') ?? ''),
  );
  const skipped = (count: number, what: string): readonly string[] =>
    count === 0 ? [] : [`${counted(count, 'request')} ${what}`];
  return {
    users: [
      visitor([{ name: 'recorded visit', weight: 1, steps: stepsOf(kept), disabled: null }], {
        tokenVariable: bearer ? 'TOKEN' : null,
      }),
    ],
    baseUrl: main[0],
    flags: [],
    notes: [
      ...skipped(entries.length - main[1].length, 'to other origins'),
      ...skipped(main[1].length - visited.length, 'for static files'),
      ...skipped(visited.length - kept.length, 'at the end'),
      ...(bearer ? ['the token of the recording; set TOKEN to one of yours'] : []),
      ...(visited.some(({ headers }) => headers.has('cookie'))
        ? ['the cookies of the recording; each user collects its own']
        : []),
    ],
  };
}

function stepsOf(entries: readonly Entry[]): readonly StepDraft[] {
  return entries.flatMap((entry, index): readonly StepDraft[] => {
    const before = entries[index - 1];
    const gapMs = before === undefined ? 0 : entry.startedMs - before.startedMs;
    const step = requestOf(entry);
    return gapMs < thinkingMs ? [step] : [{ kind: 'pause', code: pauseCode(gapMs) }, step];
  });
}

function pauseCode(gapMs: number): string {
  const text = (ms: number): string => `'${Number((ms / 1_000).toFixed(1))}s'`;
  return `uniform(${text(gapMs * (1 - pauseVariation))}, ${text(gapMs * (1 + pauseVariation))})`;
}

function requestOf({ method, url, postData }: Entry): RequestDraft {
  const pattern = withoutIdentifiers(url.pathname);
  const name = pattern === url.pathname ? null : pattern;
  return request(method, [url.pathname + url.search], { name, ...bodyOf(postData) });
}

function bodyOf(postData: Entry['postData']): Partial<RequestDraft> {
  if (postData === null) return {};
  const mimeType = textOf(postData['mimeType']);
  const text = textOf(postData['text']);
  if (/json/i.test(mimeType)) {
    try {
      return { json: JSON.parse(text) as unknown };
    } catch {
      return { body: text, headers: { 'Content-Type': mimeType } };
    }
  }
  if (/x-www-form-urlencoded/i.test(mimeType)) {
    const params = list(postData['params']).flatMap((param): [string, string][] => {
      const { name, value } = record(param) ?? {};
      return typeof name === 'string' ? [[decoded(name), decoded(textOf(value))]] : [];
    });
    return { form: Object.fromEntries(params.length > 0 ? params : new URLSearchParams(text)) };
  }
  return text === '' ? {} : { body: text, headers: { 'Content-Type': mimeType } };
}

/** Browsers differ in whether they decode the fields of a form. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function entryOf(value: unknown): readonly Entry[] {
  const entry = record(value) ?? {};
  const asked = record(entry['request']) ?? {};
  const { url, method } = asked;
  if (typeof url !== 'string' || !/^https?:/.test(url) || !URL.canParse(url)) return [];
  const content = record(record(entry['response'])?.['content']);
  const headers = list(asked['headers']).map((header): [string, string] => {
    const { name, value: text } = record(header) ?? {};
    return [textOf(name).toLowerCase(), textOf(text)];
  });
  return [
    {
      url: new URL(url),
      method: typeof method === 'string' ? method : 'GET',
      startedMs: Date.parse(textOf(entry['startedDateTime'])) || 0,
      mimeType: textOf(content?.['mimeType']),
      headers: new Map(headers),
      postData: record(asked['postData']),
    },
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
