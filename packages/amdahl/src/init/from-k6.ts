import { record } from '../gather/discovery/json-document.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { request, visitor, type RequestDraft, type ScriptDraft, type StepDraft } from './draft.ts';
import { callArguments, literalValue, originOfCode, pathOfCode } from './source-code.ts';

const call = /\b(?:(http)\.(get|head|post|put|patch|del|request)|(sleep)|(check))\s*\(/g;
const statusCheck = /(['"])(.*?)\1\s*:\s*\(?\s*\w+\s*\)?\s*=>\s*\w+\.status\s*===?\s*(\d+)/g;
const withBody = new Set(['POST', 'PUT', 'PATCH', 'REQUEST']);

/**
 * The requests, pauses and checks of a k6 script in the order they are written, and its options as
 * flags. What is computed there is left out and noted.
 *
 * @throws `AMDAHL_INIT_NOTHING_FOUND`
 */
export function fromK6(text: string, source: string): ScriptDraft {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  const steps: StepDraft[] = [];
  const notes: string[] = [];
  const origins: string[] = [];
  for (const match of code.matchAll(call)) {
    const [all, http, method, sleep] = match;
    const open = match.index + all.length - 1;
    const given = callArguments(code, open);
    const line = code.slice(match.index, given.end).replace(/\s+/g, ' ');
    if (http !== undefined) {
      const step = requestOf(method ?? 'get', given.arguments);
      if (step === undefined) notes.push(line);
      else steps.push(step);
      const origin = originOfCode(given.arguments[method === 'request' ? 1 : 0] ?? '');
      if (origin !== undefined) origins.push(origin);
    } else if (sleep === undefined) {
      addChecks(steps, line, notes);
    } else {
      const seconds = literalValue(given.arguments[0] ?? '');
      if (typeof seconds === 'number') steps.push({ kind: 'pause', code: `'${seconds}s'` });
      else notes.push(line);
    }
  }
  if (!steps.some(({ kind }) => kind === 'request')) {
    throw workbenchErrors.create('AMDAHL_INIT_NOTHING_FOUND', {
      expected: `requests such as http.get('…') in ${source}`,
      found: notes[0] ?? 'none',
      next: 'Write the script by hand; `amdahl init <url>` gives one to begin with.',
    });
  }
  return {
    users: [visitor([{ name: 'default', weight: 1, steps, disabled: null }], { thinkTime: null })],
    baseUrl: origins[0] ?? null,
    ...optionsOf(code, notes),
  };
}

function requestOf(method: string, given: readonly string[]): RequestDraft | undefined {
  const isAny = method === 'request';
  const verb = isAny ? literalValue(given[0] ?? '') : method === 'del' ? 'DELETE' : method;
  const [address = '', second, third] = isAny ? given.slice(1) : given;
  const path = pathOfCode(address);
  if (typeof verb !== 'string' || path === undefined) return undefined;
  const upper = verb.toUpperCase();
  const takesBody = withBody.has(upper) || method === 'del' || isAny;
  const options = record(literalValue((takesBody ? third : second) ?? ''));
  const headers = record(options?.['headers']) as Record<string, string> | null;
  const tags = record(options?.['tags']);
  const body = takesBody && second !== undefined ? bodyOf(second) : {};
  if (body === undefined) return undefined;
  return request(upper, [path], {
    name: typeof tags?.['name'] === 'string' ? tags['name'] : null,
    ...body,
    ...(headers === null || body.json !== undefined ? {} : { headers }),
  });
}

/** `JSON.stringify({ … })`, a form as an object, or a text; undefined when it is computed. */
function bodyOf(code: string): Partial<RequestDraft> | undefined {
  const json = /^JSON\.stringify\s*\(([\s\S]*)\)$/.exec(code);
  const value = literalValue(json?.[1] ?? code);
  if (value === undefined) return undefined;
  if (json !== null) return { json: value };
  if (value === null) return {};
  if (typeof value === 'string') return { body: value };
  const form = Object.entries(record(value) ?? {}).map(([name, each]) => [name, String(each)]);
  return { form: Object.fromEntries(form) as Record<string, string> };
}

function addChecks(steps: StepDraft[], line: string, notes: string[]): void {
  const last = steps.findLastIndex(({ kind }) => kind === 'request');
  const checks = [...line.matchAll(statusCheck)].map(([, , name = '', status]) => ({
    name,
    status: Number(status),
  }));
  const step = steps[last];
  if (checks.length === 0 || step?.kind !== 'request') notes.push(line);
  else steps[last] = { ...step, checks: [...step.checks, ...checks] };
}

/** `options` as flags of `amdahl load`. */
function optionsOf(code: string, notes: string[]): Pick<ScriptDraft, 'flags' | 'notes'> {
  const start = /\boptions\s*=\s*(?=\{)/.exec(code);
  if (start === null) return { flags: [], notes };
  const open = start.index + start[0].length;
  const text = code.slice(open, callArguments(code, open).end);
  const options = record(literalValue(text.replaceAll(/,(\s*[}\]])/g, '$1')));
  if (options === null) return { flags: [], notes: [...notes, 'options'] };
  const { vus, duration, thresholds, ...others } = options;
  const objectives = Object.entries(record(thresholds) ?? {}).flatMap(([metric, conditions]) =>
    (Array.isArray(conditions) ? conditions : [conditions]).map((condition) => ({
      text: `${metric}: ${String(condition)}`,
      objective: objectiveOf(metric, String(condition)),
    })),
  );
  return {
    flags: [
      ...(typeof vus === 'number' ? [`--users ${vus}`] : []),
      ...(typeof duration === 'string' ? [`--duration ${duration}`] : []),
      ...objectives.flatMap(({ objective }) =>
        objective === undefined ? [] : [`--objective '${objective}'`],
      ),
    ],
    notes: [
      ...notes,
      ...objectives.flatMap(({ text: threshold, objective }) =>
        objective === undefined ? [`threshold ${threshold}`] : [],
      ),
      ...Object.keys(others).map((name) => `option ${name}`),
    ],
  };
}

/** `p(95)<200` of `http_req_duration`, `rate<0.01` of `http_req_failed`. */
function objectiveOf(metric: string, condition: string): string | undefined {
  const [, figure, limit] =
    /^\s*(p\([\d.]+\)|avg|max|med|rate)\s*([<>]=?\s*[\d.]+)\s*$/.exec(condition) ?? [];
  if (figure === undefined || limit === undefined) return undefined;
  const number = Number(limit.replace(/[<>=\s]/g, ''));
  if (metric === 'http_req_duration' && limit.startsWith('<') && figure !== 'rate') {
    const names: Readonly<Record<string, string>> = { avg: 'mean', med: 'median', max: 'max' };
    return `${names[figure] ?? figure.replace(/[()]/g, '')} < ${number}ms`;
  }
  if (figure !== 'rate') return undefined;
  const percent = Number((number * 100).toPrecision(6));
  if (metric === 'http_req_failed' && limit.startsWith('<')) return `errors < ${percent}%`;
  return metric === 'checks' && limit.startsWith('>') ? `checks > ${percent}%` : undefined;
}
