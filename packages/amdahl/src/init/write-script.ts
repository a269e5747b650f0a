import type { RequestDraft, ScriptDraft, StepDraft, TaskDraft, UserDraft } from './draft.ts';

const columns = 100;
/** Method names of the script's client; others go through `request`. */
const methods = new Set(['get', 'head', 'post', 'put', 'patch', 'delete']);

/** The text of a load script. */
export function writeScript(draft: ScriptDraft): string {
  const writer = new Writer();
  const users = draft.users.flatMap((user) => writer.user(user));
  const body = [
    ...writer.constants,
    ...(writer.constants.length > 0 ? [''] : []),
    'export default defineLoad({',
    '  users: {',
    ...indented(users, 4),
    '  },',
    '});',
  ];
  const code = body.join('\n').replace(/^ *\/\/.*$/gm, '');
  const names = ['constant', 'defineLoad', 'normal', 'uniform', 'weighted'];
  const used = names.filter((name) => new RegExp(`\\b${name}\\(`).test(code));
  return [
    `import { ${used.join(', ')} } from '@amdahl/load';`,
    '',
    ...draft.notes.map((note) => `// Not carried over: ${note}`),
    ...(draft.notes.length > 0 ? [''] : []),
    ...body,
    '',
  ].join('\n');
}

class Writer {
  /** Lists of paths, at the top of the script. */
  readonly constants: string[] = [];
  readonly #names = new Set<string>();

  user({ name, weight, thinkTime, tokenVariable, start, tasks }: UserDraft): readonly string[] {
    const auth = `auth: { bearer: process.env['${tokenVariable}'] ?? 'not-set' },`;
    return [
      `${key(name)}: {`,
      ...(weight === 1 ? [] : [`  weight: ${weight},`]),
      ...(thinkTime === null ? [] : [`  thinkTime: ${thinkTime},`]),
      ...(tokenVariable === null ? [] : [`  ${auth}`]),
      ...(start.length === 0 ? [] : indented(this.#property('start', start, 1), 2)),
      '  tasks: {',
      ...indented(
        tasks.flatMap((task) => this.#task(task)),
        4,
      ),
      '  },',
      '},',
    ];
  }

  #task({ name, weight, steps, disabled }: TaskDraft): readonly string[] {
    const lines = this.#property(key(name), steps, weight, disabled === null);
    if (disabled === null) return lines;
    return [`// ${disabled}`, ...lines.map((line) => `// ${line}`)];
  }

  /** `name: weighted(3, ({ http }) => http.get('/')),` */
  #property(
    name: string,
    steps: readonly StepDraft[],
    weight: number,
    mayShare: boolean = true,
  ): readonly string[] {
    const [first] = steps;
    const open = weight === 1 ? '' : `weighted(${weight}, `;
    const close = weight === 1 ? '' : ')';
    if (steps.length === 1 && first?.kind === 'request' && first.checks.length === 0) {
      const call = this.#call(first, mayShare);
      const head = `${name}: ${open}(${parameters(call)}) =>`;
      const line = `${head} ${call}${close},`;
      return line.length <= columns - 8 ? [line] : [head, `  ${call}${close},`];
    }
    const lines = steps.flatMap((step) => this.#step(step, mayShare));
    return [
      `${name}: ${open}async (${parameters(lines.join('\n'))}) => {`,
      ...indented(lines, 2),
      `}${close},`,
    ];
  }

  #step(step: StepDraft, mayShare: boolean): readonly string[] {
    if (step.kind === 'pause') return [`await pause(${step.code});`];
    const call = this.#call(step, mayShare);
    if (step.checks.length === 0) return [`await ${call};`];
    return [
      '{',
      `  const reply = await ${call};`,
      ...step.checks.map(
        ({ name, status }) => `  check(${quoted(name)}, reply.status === ${status});`,
      ),
      '}',
    ];
  }

  #call(request: RequestDraft, mayShare: boolean): string {
    const { method, paths, name, json, form, body, headers } = request;
    const options = [
      ...(name === null ? [] : [`name: ${quoted(name)}`]),
      ...(headers === undefined ? [] : [`headers: ${literal(headers)}`]),
      ...(json === undefined ? [] : [`json: ${literal(json)}`]),
      ...(form === undefined ? [] : [`form: ${literal(form)}`]),
      ...(body === undefined ? [] : [`body: ${quoted(body)}`]),
    ];
    const path = this.#path(paths, name, mayShare);
    const rest = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
    const lower = method.toLowerCase();
    return methods.has(lower)
      ? `http.${lower}(${path}${rest})`
      : `http.request(${quoted(method)}, ${path}${rest})`;
  }

  #path(paths: readonly string[], name: string | null, mayShare: boolean): string {
    const [first = '/'] = paths;
    if (paths.length < 2 || !mayShare) return quoted(first);
    const list = this.#constant(name ?? first);
    this.constants.push(`const ${list} = [`, ...paths.map((path) => `  ${quoted(path)},`), '];');
    return `random.pick(${list})`;
  }

  /** `productsPaths` of `/products/:id`, and no name twice. */
  #constant(name: string): string {
    const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
    const plain = words.map((word, index) =>
      index === 0 ? word.toLowerCase() : `${word[0]?.toUpperCase()}${word.slice(1)}`,
    );
    const base = `${plain.join('').replace(/^(?=\d)/, 'path')}Paths`;
    let free = base;
    for (let number = 2; this.#names.has(free); number += 1) free = `${base}${number}`;
    this.#names.add(free);
    return free;
  }
}

/** What code needs of the user: `{ http, random }`. */
function parameters(code: string): string {
  const names = ['http', 'random', 'check', 'pause'];
  return `{ ${names.filter((name) => new RegExp(`\\b${name}[.(]`).test(code)).join(', ')} }`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Plain data as code. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([name, each]) => `${key(name)}: ${literal(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function indented(lines: readonly string[], spaces: number): readonly string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(spaces) + line));
}
