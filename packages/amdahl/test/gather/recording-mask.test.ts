import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ArtifactName, Artifacts, Gathered } from '../../src/artifacts/artifacts.ts';
import { catalogGatherer } from '../../src/gather/catalog.ts';
import { experimentsGatherer } from '../../src/gather/experiments.ts';
import { plansGatherer } from '../../src/gather/plans.ts';
import { RecordingMask } from '../../src/gather/recording-mask.ts';
import { agentOf, span, trace } from '../fixtures/agent.ts';
import { locksOf, lockWait } from '../audits/queries/locks.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { resource, response } from '../fixtures/responses.ts';
import { captured } from '../fixtures/statements.ts';
import { startStorefront, type Storefront } from '../lab/storefront.ts';

let shop: Storefront;

beforeAll(async () => {
  shop = await startStorefront();
});

afterAll(() => shop?.close());

/** Values of the database that the app sent, one a way; none may be kept. */
const agent = agentOf({
  statements: [
    captured('SELECT id, total_cents FROM orders WHERE user_id = $1 ORDER BY created_at DESC', [
      [4711],
    ]),
    captured('SELECT id FROM products WHERE name LIKE ?', [], {
      exampleText: "SELECT id FROM products WHERE name LIKE '%secret-pattern%'",
    }),
    captured('UPDATE orders SET note = $2 WHERE id = $1', [[3, 'secret-note']]),
    captured('INSERT INTO users (email, name) VALUES (?, ?)', [], {
      exampleText: "INSERT INTO users (email, name) VALUES ('secret@mail', 'secret-name')",
    }),
    captured('SELECT id FROM orders WHERE placed_on = $1', [['secret-date']]),
    captured('SET app.tenant = ?', [], { exampleText: "SET app.tenant = 'secret-tenant'" }),
    captured('SELEC ?', [], { exampleText: "SELEC 'secret-broken'" }),
  ],
  traces: [
    trace('GET /', 5, [
      span('statement', 'SELECT ?', [0, 1], {
        error: 'invalid input syntax for type integer: "secret-error"',
      }),
    ]),
  ],
});

const locks = locksOf({
  waits: [
    lockWait({
      waitingStatement: "UPDATE orders SET note = 'secret-wait' WHERE id = 4711",
      blockingStatement: "UPDATE orders SET note = 'secret-cut",
      through: ["SELECT $$secret-dollar$$, 'x''secret-quote' FROM orders2 WHERE"],
    }),
  ],
  events: [
    {
      kind: 'timeout',
      at: null,
      pid: 7,
      statement: "SET app.tenant = 'secret-set'",
      relation: 'orders',
    },
  ],
});

/** What a run would keep, gathered as a run gathers it. */
async function recorded(mask: boolean): Promise<Partial<Record<ArtifactName, Gathered>>> {
  const artifacts: Partial<{ -readonly [Name in ArtifactName]: Artifacts[Name] }> = {
    agent,
    locks,
  };
  const context = (): ReturnType<typeof databaseContext> => {
    const plain = databaseContext(shop.url, artifacts);
    return { ...plain, options: { ...plain.options, mask } };
  };
  artifacts.catalog = (await catalogGatherer.gather(context())) as Artifacts['catalog'];
  artifacts.plans = (await plansGatherer.gather(context())) as Artifacts['plans'];
  artifacts.experiments = (await experimentsGatherer.gather(context())) as Artifacts['experiments'];
  const hiding = mask ? new RecordingMask() : null;
  return Object.fromEntries(
    Object.entries(artifacts).map(([name, value]) => {
      const gathered: Gathered = { status: 'ok', value };
      return [name, hiding?.hide(name as ArtifactName, gathered) ?? gathered];
    }),
  );
}

function indexesIn({ experiments }: Partial<Record<ArtifactName, Gathered>>): readonly string[] {
  if (experiments?.status !== 'ok') return [];
  return (experiments.value as Artifacts['experiments']).indexes
    .map(({ definition }) => definition)
    .toSorted();
}

test('nothing of the database’s values is kept, and the lab finds what it finds without', async () => {
  const bare = await recorded(false);
  const masked = await recorded(true);
  // Values of rows, that statistics hold: an address, a name, a text.
  const values = [/@Example\.com/, /Product /, /secret/, /(?<![\d.])4711(?!\d)/];
  for (const value of values) expect(JSON.stringify(bare)).toMatch(value);
  for (const [name, artifact] of Object.entries(masked)) {
    const [found] = values.flatMap((value) => value.exec(JSON.stringify(artifact)) ?? []);
    expect({ name, found }).toEqual({ name, found: undefined });
  }
  expect(indexesIn(masked)).toEqual(indexesIn(bare));
  expect(indexesIn(masked).join()).toContain('orders_user_id_created_at');
  expect(masked.locks).toMatchObject({
    value: {
      waits: [
        {
          waitingStatement: 'UPDATE orders SET note = $1 WHERE id = $2',
          blockingStatement: 'UPDATE orders SET note = …',
          through: ['SELECT …, … FROM orders2 WHERE'],
        },
      ],
      events: [{ statement: 'SET app.tenant = $1' }],
    },
  });
});

test('plans are left out where no catalog tells how to mask them', () => {
  const plans = {
    plans: [{ text: 'a', explainedText: 'a', parameters: ['secret'], plan: null, error: null }],
  };
  const kept = new RecordingMask().hide('plans', { status: 'ok', value: plans });
  expect(kept).toMatchObject({ status: 'absent' });
});

describe('what the app told', () => {
  const mask = new RecordingMask();
  const kept = <Name extends ArtifactName>(name: Name, value: Artifacts[Name]): Artifacts[Name] => {
    const gathered = mask.hide(name, { status: 'ok', value });
    if (gathered.status !== 'ok') throw new Error(`${name} is ${gathered.status}`);
    return gathered.value as Artifacts[Name];
  };

  const route = 'GET /people/:name';
  const routes = kept('routes', {
    source: 'discovered',
    script: null,
    routes: [
      {
        name: route,
        method: 'GET',
        pattern: '/people/:name',
        examples: ['/people/ada?tab=mail', '/people/grace'],
        foundBy: 'link',
      },
    ],
    leftOut: [
      { url: '/people/joan?token=secret', reason: 'not reached' },
      { url: '/login/:step', reason: 'no example' },
    ],
  });

  test('paths and queries lose their values and keep their names', () => {
    expect(routes.routes[0]).toEqual({
      name: route,
      method: 'GET',
      pattern: '/people/:name',
      examples: ['/people/value-1?tab=value-2', '/people/value-3'],
      foundBy: 'link',
    });
    expect(routes.leftOut.map(({ url }) => url)).toEqual([
      '/people/value-4?token=value-5',
      '/login/:step',
    ]);
  });

  test('a page and what it pulls in still belong together, headers that carry values say only that they are there', () => {
    const origin = 'http://127.0.0.1:3000';
    const reply = response(route, 'page', {
      url: `${origin}/people/ada?tab=mail`,
      headers: { 'cache-control': 'private', 'set-cookie': 'id=secret', ETag: '"secret"' },
      resources: [resource('/faces/4711.png', 'image'), resource('/site.css?v=3', 'style')],
    });
    const face = response('GET /faces/4711.png', 'image');
    const { responses } = kept('responses', { responses: [reply, face] });
    expect(responses[0]).toMatchObject({
      route,
      url: `${origin}/people/value-1?tab=value-2`,
      headers: { 'cache-control': 'private', 'set-cookie': '…', ETag: '…' },
    });
    const [image, style] = responses[0]?.resources ?? [];
    expect(responses[1]?.url).toBe(image?.url);
    expect(responses[1]?.route).toBe(`GET ${new URL(image?.url ?? '').pathname}`);
    expect(image?.url).toMatch(/\/faces\/value-\d+\.png$/);
    expect(style?.url).toMatch(/\/site\.css\?v=value-\d+$/);
  });

  test('traces tell equal parameters from different ones, and neither what they are', () => {
    const spans = [77_001, 77_002, 77_001].map((parameters, at) =>
      span('statement', 'SELECT $1', [at, at + 1], { parameters, result: parameters + 7 }),
    );
    const { processes } = kept(
      'agent',
      agentOf({ traces: [{ ...trace(route, 5, spans), url: '/people/ada' }] }),
    );
    const [masked] = processes[0]?.traces ?? [];
    expect(masked?.url).toBe('/people/value-1');
    expect(masked?.spans.map(({ parameters, result }) => [parameters, result])).toEqual([
      [1, 2],
      [3, 4],
      [1, 2],
    ]);
  });
});
