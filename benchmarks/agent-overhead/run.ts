/**
 * CPU time per request of a service: as it is, under our agent, under OpenTelemetry. Writes
 * results/results.json and results/results.md. See README.md.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@amdahl/metrics';
import autocannon from 'autocannon';
import pg from 'pg';
import { startPostgres } from 'amdahl/lab';
import { agentSink, otlpSink, type Sink } from './sinks.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '10000' },
    // V8 goes on optimising the service for about fifteen thousand requests.
    'warm-up': { type: 'string', default: '20000' },
    variants: { type: 'string', default: 'plain,plain again,amdahl,opentelemetry' },
  },
});
const rounds = Number(options.rounds);
const connections = 32;

/** What is preloaded into the service, and where it reports to. */
const variants: Readonly<
  Record<string, { readonly preload?: string; readonly sink?: () => Promise<Sink> }>
> = {
  plain: {},
  'plain again': {},
  amdahl: { preload: import.meta.resolve('@amdahl/agent'), sink: agentSink },
  opentelemetry: { preload: new URL('opentelemetry.ts', import.meta.url).href, sink: otlpSink },
};

interface Sample {
  readonly cpuUsPerRequest: number;
  readonly rssBytes: number;
  readonly sentBytesPerRequest: number;
}

const givenUrl = process.env['DATABASE_URL'];
const database = givenUrl === undefined ? await startPostgres() : null;
const databaseUrl = givenUrl ?? database?.url() ?? '';
const names = options.variants.split(',');
const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
try {
  await seed();
  for (let round = 0; round < rounds; round += 1) {
    // Each round starts one variant later than the last, and every other one goes backwards.
    const shift = round % names.length;
    const order = [...names.slice(shift), ...names.slice(0, shift)];
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      const sample = await measure(name);
      process.stderr.write(
        `round ${round + 1} of ${rounds}: ${name} ${sample.cpuUsPerRequest.toFixed(1)} µs\n`,
      );
      samples.get(name)?.push(sample);
    }
  }
} finally {
  await database?.stop();
}
const report = reportOf();
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL('results/results.md', import.meta.url), report);
writeFileSync(
  new URL('results/results.json', import.meta.url),
  `${JSON.stringify(Object.fromEntries(samples), null, 2)}\n`,
);
process.stdout.write(report);

async function seed(): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`
    DROP TABLE IF EXISTS order_lines, orders;
    CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, placed_at timestamptz NOT NULL);
    CREATE TABLE order_lines (order_id int, product text, quantity int, price numeric,
      PRIMARY KEY (order_id, product));
    INSERT INTO orders SELECT id, 'customer ' || id, timestamptz '2026-01-01' + id * interval '1 min'
      FROM generate_series(1, 1000) id;
    INSERT INTO order_lines SELECT id, 'product ' || line, line, line * 1.5
      FROM generate_series(1, 1000) id, generate_series(1, 15) line;
    ANALYZE;`);
  await client.end();
}

/** A fresh process, warmed up, then measured over a fixed number of requests. */
async function measure(name: string): Promise<Sample> {
  const { preload, sink: openSink } = variants[name] ?? {};
  const sink = await openSink?.();
  const script = fileURLToPath(new URL('app.ts', import.meta.url));
  const pinned = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];
  const app = fork(script, {
    ...(pinned.length > 0
      ? { execPath: '/usr/bin/env', execArgv: [...pinned, process.execPath] }
      : {}),
    env: {
      ...process.env,
      ...sink?.environment,
      DATABASE_URL: databaseUrl,
      NODE_OPTIONS: [
        process.env['NODE_OPTIONS'] ?? '',
        preload === undefined ? '' : `--import=${preload}`,
      ].join(' '),
    },
  });
  try {
    const [{ port }] = (await once(app, 'message')) as [{ port: number }];
    await drive(port, Number(options['warm-up']));
    const before = await usageOf(app);
    const sentBefore = sink?.bytes() ?? 0;
    await drive(port, Number(options.requests));
    const after = await usageOf(app);
    return {
      cpuUsPerRequest: (after.cpuUs - before.cpuUs) / Number(options.requests),
      rssBytes: after.rssBytes,
      sentBytesPerRequest: ((sink?.bytes() ?? 0) - sentBefore) / Number(options.requests),
    };
  } finally {
    app.kill('SIGKILL');
    await once(app, 'exit');
    sink?.close();
  }
}

async function usageOf(app: ChildProcess): Promise<{ cpuUs: number; rssBytes: number }> {
  const answer = once(app, 'message');
  app.send('usage');
  const [usage] = (await answer) as [{ cpuUs: number; rssBytes: number }];
  return usage;
}

async function drive(port: number, amount: number): Promise<void> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    amount,
    requests: Array.from({ length: 100 }, (_, index) => ({ path: `/orders/${index * 7 + 1}` })),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.errors} failed requests`);
}

function reportOf(): string {
  const [first] = names;
  const baseline = (round: number): number => {
    const plain = ['plain', 'plain again'].flatMap((name) => samples.get(name)?.[round] ?? []);
    const used = plain.length > 0 ? plain : [samples.get(first as string)?.[round] as Sample];
    return used.reduce((sum, sample) => sum + sample.cpuUsPerRequest, 0) / used.length;
  };
  const rows = [...samples].map(([name, list]) => {
    const ratios = list.map((sample, round) => sample.cpuUsPerRequest / baseline(round));
    return `| ${name} | ${spread(
      list.map((sample) => sample.cpuUsPerRequest),
      0,
    )} | ${spread(ratios, 2)} | ${(median(list.map((sample) => sample.rssBytes)) / 1e6).toFixed(
      0,
    )} | ${median(list.map((sample) => sample.sentBytesPerRequest)).toFixed(1)} |`;
  });
  const versions = [
    '@opentelemetry/sdk-node',
    '@opentelemetry/auto-instrumentations-node',
    'pg',
    'fastify',
  ];
  return `# Agent overhead: results

${new Date().toISOString().slice(0, 10)}. Node ${process.version}, ${platform()} ${arch()}, \
${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}. \
${versions.map((name) => `${name} ${versionOf(name)}`).join(', ')}.

Median of ${rounds} fresh processes a variant, least and greatest in brackets; ${options.requests} \
requests each. The ratio is to the mean of the plain processes of the same round.

| | CPU, µs a request | ratio | RSS, MB | sent, bytes a request |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function spread(figures: readonly number[], digits: number): string {
  const [least, greatest] = [Math.min(...figures), Math.max(...figures)];
  return `${median(figures).toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

function versionOf(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
