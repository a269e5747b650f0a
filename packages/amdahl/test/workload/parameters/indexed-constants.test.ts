import type { Node } from 'libpg-query';
import { describe, expect, test } from 'vitest';
import { parseStatement } from '../../../src/sql/parser.ts';
import { indexedConstants } from '../../../src/workload/parameters/indexed-constants.ts';
import { column, index, shopSchema, table } from '../../sql/schema-fixture.ts';

const jobs = table('jobs', [
  column('name', 'text'),
  column('state', 'job_state'),
  column('blocked', 'boolean'),
  column('attempts', 'integer'),
]);

function constants(
  text: string,
  ...indexes: readonly (readonly [predicate: string, scans: number])[]
): unknown {
  const schema = shopSchema({
    tables: [jobs],
    indexes: indexes.map(([predicate, scans], at) =>
      index('jobs', `jobs_${at}`, ['name'], { predicate, scans }),
    ),
  });
  const { node } = parseStatement(text);
  return Object.fromEntries(indexedConstants(node as Node, schema.catalog.tables, schema));
}

const fetchJobs =
  'SELECT id FROM jobs j WHERE j.name = $1 AND j.state < $2 AND NOT j.blocked LIMIT $3';

describe('constants of a statement', () => {
  test('are those of the partial index that was made for it', () => {
    const made = `(state < 'active'::job_state) AND (NOT blocked)`;
    expect(constants(fetchJobs, [made, 200])).toEqual({ 2: 'active' });
  });

  test('are found inside a common table expression of an UPDATE', () => {
    const text = `WITH next AS (${fetchJobs}) UPDATE jobs SET state = $4 FROM next WHERE jobs.id = next.id`;
    expect(constants(text, [`state < 'active'::job_state`, 3])).toEqual({ 2: 'active' });
  });

  test('of the index that is scanned most, where several would do', () => {
    expect(
      constants(fetchJobs, [`state < 'retry'::job_state`, 2], [`state < 'active'::job_state`, 90]),
    ).toEqual({ 2: 'active' });
  });
});

describe('nothing is known by', () => {
  test.each([
    ['an index nobody scanned', `state < 'active'::job_state`, 0],
    ['one of which a part is missing in the statement', `state < 'active' AND attempts > 3`, 9],
    ['one of another operator', `state <= 'active'::job_state`, 9],
    ['one equality: other values are asked for as well', `name = 'email'::text`, 9],
  ])('%s', (_name, predicate, scans) => {
    expect(constants(fetchJobs, [predicate, scans])).toEqual({});
  });
});
