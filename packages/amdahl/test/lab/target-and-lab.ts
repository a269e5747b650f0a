import { Client } from 'pg';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import type { PlanNode } from '../../src/artifacts/plans.ts';
import { buildHollowLab, type HollowLab } from '../../src/lab/hollow-lab.ts';
import { startPostgres, type PostgresOptions } from '../../src/lab/postgres.ts';
import { explain } from '../../src/sql/explain.ts';
import type { LabIndex } from '../../src/sql/index-definition.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { costOf, planShape } from '../../src/sql/read-plan.ts';

/** A database and the lab made from its catalog. */
export interface TargetAndLab {
  readonly client: Client;
  /** Connection string of another role. */
  urlOf(role: string): string;
  readonly database: ReadOnlyDatabase;
  readonly catalog: CatalogArtifact;
  readonly lab: HollowLab;
  /** Shape and cost of the statement's plan, on the target and in the lab. */
  plans(statement: Statement): Promise<{ readonly target: PlanFacts; readonly lab: PlanFacts }>;
  close(): Promise<void>;
}

export type Statement = readonly [text: string, ...parameters: unknown[]];

export interface PlanFacts {
  readonly text: string;
  readonly shape: string;
  readonly cost: string;
}

export interface TargetOptions {
  readonly postgres?: PostgresOptions;
  readonly candidates?: (catalog: CatalogArtifact) => readonly LabIndex[];
}

/** Starts a target, runs the script in it, reads its catalog and builds the lab. */
export async function targetAndLab(
  script: string,
  { postgres = {}, candidates }: TargetOptions = {},
): Promise<TargetAndLab> {
  const server = await startPostgres({
    ...postgres,
    settings: { autovacuum: 'off', ...postgres.settings },
  });
  const client = new Client({ connectionString: server.url() });
  const closing: (() => Promise<unknown>)[] = [() => server.stop(), () => client.end()];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    await client.connect();
    await client.query(script);
    await client.query('VACUUM ANALYZE');
    const database = await openReadOnly(server.url());
    closing.push(database.close);
    const catalog = await readCatalog(database);
    const lab = await buildHollowLab({
      catalog,
      tables: catalog.tables,
      candidates: candidates?.(catalog) ?? [],
    });
    closing.push(() => lab.close());
    return {
      client,
      urlOf: (role) => server.url().replace('postgres@', `${role}@`),
      database,
      catalog,
      lab,
      plans: async ([text, ...parameters]) => ({
        target: factsOf(text, await explain(database.query, text, parameters)),
        lab: factsOf(text, await lab.explain(text, parameters)),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export function factsOf(text: string, plan: PlanNode): PlanFacts {
  return { text, shape: planShape(plan), cost: costOf(plan).toFixed(1) };
}
