import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtifactName, Artifacts, Gathered } from '../../src/artifacts/artifacts.ts';
import { catalogGatherer } from '../../src/gather/catalog.ts';
import { experimentsGatherer } from '../../src/gather/experiments.ts';
import { plansGatherer } from '../../src/gather/plans.ts';
import { RecordingMask } from '../../src/gather/recording-mask.ts';
import { agentOf, span, trace } from '../fixtures/agent.ts';
import { locksOf, lockWait } from '../audits/queries/locks.ts';
import { databaseContext } from '../fixtures/database-context.ts';
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
