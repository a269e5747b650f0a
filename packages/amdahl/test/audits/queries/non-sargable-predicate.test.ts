import { describe, expect, test } from 'vitest';
import type { RewriteExperiment } from '../../../src/artifacts/experiments.ts';
import { nonSargablePredicate } from '../../../src/audits/queries/non-sargable-predicate.ts';
import { shopCatalog } from '../../sql/schema-fixture.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { effect, evidence, experimentsOf, route, statement } from './workload.ts';

const text = 'SELECT sum(total) FROM orders WHERE EXTRACT(YEAR FROM created_at) = $1';
const rewritten = 'SELECT sum(total)\nFROM orders\nWHERE …';
const catalog = shopCatalog();
const given = evidence([statement(text, { ms: 60 }), statement('SELECT 1', { ms: 1 })]);

function rewrite(more: Partial<RewriteExperiment> = {}): RewriteExperiment {
  return {
    text,
    rule: 'extract-year',
    originalText: text,
    rewrittenText: rewritten,
    reason: 'created_at stands inside a function, so that no index on it can be used',
    sameRows: true,
    withIndex: null,
    effect: effect(text, 6_000, 600),
    ...more,
  };
}

function find(more: Partial<RewriteExperiment>): ReturnType<typeof findingsOf> {
  return findingsOf(nonSargablePredicate, {
    ...given,
    catalog,
    experiments: experimentsOf({ rewrites: [rewrite(more)] }),
  });
}

test('a rewrite that pays is found, with both texts and the proof that they mean the same', () => {
  const [finding] = find({});
  expect(finding?.title).toMatch(/^created_at stands inside a function/);
  expect(finding?.remedy.change).toMatchObject({ before: text, after: rewritten, language: 'sql' });
  expect(finding?.remedy.actions).toEqual([
    'Send the rewritten statement instead.',
    'Both conditions were tried on the values in the column’s statistics and around the ends of the range: they keep the same rows.',
  ]);
  expect(finding?.prediction.gains[0]).toMatchObject({ route, boundMs: 60 });
  expect(finding?.prediction.gains[0]?.gainMs.mid).toBeCloseTo(59 * 0.9);
});

test('the index it needs comes first, and goes again with the rollback', () => {
  const [finding] = find({
    withIndex: 'CREATE INDEX orders_created_at_idx ON orders (created_at)',
    sameRows: null,
  });
  expect(finding?.remedy.actions[0]).toBe(
    'Build the index it needs first: CREATE INDEX CONCURRENTLY orders_created_at_idx ON orders (created_at);',
  );
  expect(finding?.remedy.actions[2]).toMatch(/could not be tried/);
  expect(finding?.remedy.rollback).toMatch(/DROP INDEX CONCURRENTLY orders_created_at_idx;$/);
});

test('a search inside a text asks for a trigram index and the extension it needs', () => {
  const search = "SELECT * FROM products WHERE name ILIKE '%x%'";
  const finding = findingOf(nonSargablePredicate, {
    ...evidence([statement(search, { ms: 60 }), statement('SELECT 1', { ms: 1 })]),
    catalog,
    experiments: experimentsOf({
      indexes: [
        {
          table: 'products',
          definition: 'CREATE INDEX i ON products USING gin (name gin_trgm_ops)',
          reason: 'products is searched for a text inside name, which no B-tree can find',
          rule: 'leading-wildcard',
          requires: 'pg_trgm',
          estimatedPages: 90,
          estimatedSizeBytes: 737_280,
          effects: [effect(search, 6_000, 600)],
        },
      ],
    }),
  });
  expect(finding.title).toBe(
    'products is searched for a text inside name, which no B-tree can find',
  );
  expect(finding.remedy.change).toMatchObject({
    sql: 'CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE INDEX CONCURRENTLY i ON products USING gin (name gin_trgm_ops);',
  });
  expect(finding.remedy.actions.at(-1)).toMatch(/fewer than three letters/);
});

describe('nothing is found', () => {
  test.each([
    ['when the rewrite keeps other rows', { sameRows: false }],
    ['when it costs the same', { effect: effect(text, 6_000, 5_990) }],
    ['for a statement the load never sent', { text: 'SELECT 2' }],
  ])('%s', (_when, more) => {
    expect(find(more)).toEqual([]);
  });
});
