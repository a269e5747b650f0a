import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import { buildHollowLab, type HollowLab } from '../../src/lab/hollow-lab.ts';
import { explain } from '../../src/sql/explain.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { costOf, planShape } from '../../src/sql/read-plan.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';
import { startStorefront, workload, type Storefront } from './storefront.ts';

describe.skipIf(systemPostgres === null)(
  `a target of another version${needsSystemPostgres}`,
  () => {
    let shop: Storefront;
    let database: ReadOnlyDatabase;
    let catalog: CatalogArtifact;
    let lab: HollowLab;

    beforeAll(async () => {
      shop = await startStorefront({}, { programs: systemPostgres as string });
      database = await openReadOnly(shop.url);
      catalog = await readCatalog(database);
      lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
    });

    afterAll(async () => {
      await lab?.close();
      await database?.close();
      await shop?.close();
    });

    test('is read and rebuilt whole', () => {
      expect(catalog.serverVersionNumber).toBeLessThan(160_000);
      expect(catalog.collation).toMatchObject({ provider: 'libc', bytewise: false });
      expect(catalog.hidden).toEqual([]);
      expect(lab.warnings).toEqual([]);
    });

    test('plans its statements as the lab does, but for what planners learned since', async () => {
      const different: string[] = [];
      const dearer: string[] = [];
      for (const [text, ...parameters] of workload) {
        const onTarget = await explain(database.query, text, parameters);
        const inLab = await lab.explain(text, parameters);
        const shapes = [planShape(onTarget), planShape(inLab)];
        if (shapes[0] !== shapes[1]) different.push(shapes.join(' → '));
        else if (Math.abs(costOf(inLab) / costOf(onTarget) - 1) > 0.1) dearer.push(text);
      }
      expect(dearer).toEqual([]);
      // Since version 16 an anti join may hash its outer side.
      expect(different.filter((each) => !each.includes('Right Anti'))).toEqual([]);
      expect(different.length).toBeLessThanOrEqual(1);
    });
  },
);
