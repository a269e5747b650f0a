import { record } from '../gather/discovery/json-document.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import {
  request,
  visitor,
  type RequestDraft,
  type ScriptDraft,
  type StepDraft,
  type TaskDraft,
  type UserDraft,
} from './draft.ts';
import { callArguments, literalValue, originOfCode, pathOfCode } from './source-code.ts';

const classLine = /^class\s+(\w+)\s*\(\s*(?:\w+\.)?(?:Fast)?HttpUser\s*\)\s*:/;
const clientCall = /\bself\.client\.(get|head|post|put|patch|delete|options)\s*\(/;
const noAction = /^(?:pass|return|"""|'''|else:|try:|except\b|finally:|import\b|from\b|with\b)/;

/** A class or method as it is read. */
interface Reading {
  readonly tasks: TaskDraft[];
  readonly user: { name: string; weight: number; thinkTime: string | null; start: StepDraft[] };
}

/**
 * Users, weighted tasks and requests of a locustfile, as far as they are written out. What is
 * computed there is left out and noted.
 *
 * @throws `AMDAHL_INIT_NOTHING_FOUND`
 */
export function fromLocust(text: string, source: string): ScriptDraft {
  const users: UserDraft[] = [];
  const notes: string[] = [];
  let baseUrl: string | null = null;
  let reading: Reading | undefined;
  let weight: number | undefined;
  let steps: StepDraft[] | undefined;
  const finish = (): void => {
    if (reading === undefined) return;
    const tasks = reading.tasks.filter((task) => task.steps.length > 0);
    if (tasks.length > 0) users.push(visitor(tasks, reading.user));
  };
  for (const line of logicalLines(text)) {
    const header = classLine.exec(line);
    if (header !== null) {
      finish();
      const user = { name: header[1] ?? 'user', weight: 1, thinkTime: null, start: [] };
      reading = { tasks: [], user };
      steps = undefined;
      continue;
    }
    if (reading === undefined || line === '') continue;
    const task = /^@(?:\w+\.)?task(?:\((\d+)\))?$/.exec(line);
    const method = /^(?:async\s+)?def\s+(\w+)\s*\(/.exec(line);
    const attribute = /^(wait_time|weight|host)\s*=\s*(.+)$/.exec(line);
    if (task !== null) {
      weight = Number(task[1] ?? 1);
    } else if (method !== null) {
      steps = [];
      if (method[1] === 'on_start') reading.user.start = steps;
      else if (weight === undefined) notes.push(line);
      else {
        const name = (method[1] ?? '').replaceAll('_', ' ');
        reading.tasks.push({ name, weight, steps, disabled: null });
      }
      weight = undefined;
    } else if (attribute !== null && steps === undefined) {
      const [, name, value = ''] = attribute;
      if (name === 'weight') reading.user.weight = Number(value) || 1;
      else if (name === 'host') baseUrl ??= originOfCode(value) ?? null;
      else reading.user.thinkTime = thinkTimeOf(value, notes);
    } else if (steps !== undefined) {
      const step = stepOf(line);
      if (step !== undefined) steps.push(step);
      else if (!noAction.test(line) || clientCall.test(line)) notes.push(line);
    }
  }
  finish();
  if (users.length > 0) return { users, baseUrl, flags: [], notes };
  throw workbenchErrors.create('AMDAHL_INIT_NOTHING_FOUND', {
    expected: `an HttpUser with tasks that ask self.client for something in ${source}`,
    found: notes[0] ?? 'none',
    next: 'Write the script by hand; `amdahl init <url>` gives one to begin with.',
  });
}

/** Lines without comments and indentation; those of open brackets are one. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = '';
  for (const raw of text.split('\n')) {
    const line = `${open}${raw.replace(/(^|\s)#.*$/, '').trim()}`;
    const plain = line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '');
    const depth = (plain.match(/[([{]/g) ?? []).length - (plain.match(/[)\]}]/g) ?? []).length;
    open = depth > 0 ? `${line} ` : '';
    if (depth <= 0) lines.push(line);
  }
  return lines;
}

function thinkTimeOf(code: string, notes: string[]): string | null {
  const between = /between\(\s*([\d.]+)\s*,\s*([\d.]+)\s*\)/.exec(code);
  if (between !== null) return `uniform('${between[1]}s', '${between[2]}s')`;
  const constant = /constant\(\s*([\d.]+)\s*\)/.exec(code);
  if (constant !== null) return `constant('${constant[1]}s')`;
  notes.push(`wait_time = ${code}`);
  return null;
}

function stepOf(line: string): StepDraft | undefined {
  const sleep = /\b(?:time\.|gevent\.)?sleep\(\s*([\d.]+)\s*\)/.exec(line);
  if (sleep !== null) return { kind: 'pause', code: `'${sleep[1]}s'` };
  const match = clientCall.exec(line);
  if (match === null) return undefined;
  const { arguments: given } = callArguments(line, match.index + match[0].length - 1);
  const named = new Map<string, string>();
  const positional: string[] = [];
  for (const code of given) {
    const keyword = /^(\w+)\s*=\s*([\s\S]+)$/.exec(code);
    if (keyword === null) positional.push(code);
    else named.set(keyword[1] ?? '', keyword[2] ?? '');
  }
  const address = positional[0] ?? named.get('url') ?? named.get('path') ?? '';
  const path = pathOfCode(address);
  const body = bodyOf(named);
  if (path === undefined || body === undefined) return undefined;
  const name = literalValue(named.get('name') ?? 'null');
  return request((match[1] ?? 'get').toUpperCase(), [path], {
    name: typeof name === 'string' ? name : null,
    ...body,
  });
}

/** `json={…}`, `data={…}` and `headers={…}`; undefined when one is computed. */
function bodyOf(named: ReadonlyMap<string, string>): Partial<RequestDraft> | undefined {
  const value = (name: string): unknown => {
    const code = named.get(name);
    return code === undefined ? null : literalValue(code);
  };
  const json = value('json');
  const data = value('data');
  const headers = value('headers');
  if ([json, data, headers].includes(undefined)) return undefined;
  const texts = (given: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(record(given) ?? {}).map(([name, each]) => [name, String(each)]),
    );
  return {
    ...(json === null ? {} : { json }),
    ...(data === null ? {} : typeof data === 'string' ? { body: data } : { form: texts(data) }),
    ...(headers === null ? {} : { headers: texts(headers) }),
  };
}
