import { buildHollowLab, costOf, explain, planShape, readCatalog, type PlanNode } from 'amdahl/lab';
import { relativeError } from '../figures.ts';
import type { PartOptions } from '../part.ts';
import { shop } from '../shop.ts';
import { diskUse, generateDatabase, type SourceVersion } from '../source-database.ts';
import { shopStatements } from './statements.ts';

/** One statement on the database that holds the data, and in the lab that holds none. */
export interface ComparedStatement {
  readonly text: string;
  readonly sameShape: boolean;
  readonly realCost: number;
  /** NaN when the lab would not plan it. */
  readonly labCost: number;
  readonly costError: number;
  /** Both shapes, where they differ; or why the lab would not plan it. */
  readonly miss?: { readonly real: string; readonly lab: string };
}

export interface Fidelity {
  readonly version: string;
  readonly catalogSeconds: number;
  readonly buildSeconds: readonly number[];
  readonly sourceBytes: number;
  readonly lab: { readonly apparent: number; readonly real: number };
  readonly warnings: readonly string[];
  readonly statements: readonly ComparedStatement[];
}

export async function measureFidelity(
  version: SourceVersion,
  { scale, rounds, report }: PartOptions,
): Promise<Fidelity> {
  const source = await generateDatabase(version, shop(scale), report);
  try {
    const started = performance.now();
    const catalog = await readCatalog(source.reader);
    const catalogSeconds = (performance.now() - started) / 1000;
    const buildSeconds: number[] = [];
    for (let round = 1; ; round += 1) {
      const before = performance.now();
      const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
      try {
        buildSeconds.push((performance.now() - before) / 1000);
        report(`lab built in ${buildSeconds.at(-1)?.toFixed(1)} s`);
        if (round < rounds) continue;
        const statements: ComparedStatement[] = [];
        for (const { text, parameters } of shopStatements) {
          const real = await explain(source.reader.query, text, parameters);
          const inLab = await lab.explain(text, parameters).catch((error: Error) => error);
          statements.push(compare(text, real, inLab));
        }
        return {
          version: source.version,
          catalogSeconds,
          buildSeconds,
          sourceBytes: diskUse(`${source.server.dataDirectory}/base`).apparent,
          lab: diskUse(lab.dataDirectory),
          warnings: lab.warnings,
          statements,
        };
      } finally {
        await lab.close();
      }
    }
  } finally {
    await source.close();
  }
}

function compare(text: string, real: PlanNode, lab: PlanNode | Error): ComparedStatement {
  const [realShape, labShape] = [
    planShape(real),
    lab instanceof Error ? lab.message : planShape(lab),
  ];
  const labCost = lab instanceof Error ? Number.NaN : costOf(lab);
  return {
    text: text.replaceAll(/\s+/g, ' '),
    sameShape: realShape === labShape,
    realCost: costOf(real),
    labCost,
    costError: relativeError(labCost, costOf(real)),
    ...(realShape === labShape ? {} : { miss: { real: realShape, lab: labShape } }),
  };
}
