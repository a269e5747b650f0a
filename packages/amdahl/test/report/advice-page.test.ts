import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Advice } from '../../src/advisor/advice.ts';
import type { Finding } from '../../src/audits/finding.ts';
import { renderAdviceHtml } from '../../src/report/advice/html.ts';
import { renderAdviceMarkdown } from '../../src/report/advice/markdown.ts';
import { renderAdviceTerminal } from '../../src/report/advice/terminal.ts';
import { chromiumHint, chromiumPath } from '../fixtures/chromium.ts';
import { indexFinding } from '../fixtures/query-findings.ts';
import { PageViewer } from './page-viewer.ts';

const hostile = `</script><script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;
const long = `SELECT ${'orders.a_column_with_quite_a_long_name, '.repeat(2)} id FROM orders`;

/** An index for two statements of a workload, which know no requests and no code. */
const finding: Finding = {
  ...indexFinding,
  where: null,
  routes: [
    { route: `SELECT '${hostile}'`, share: 1 },
    { route: long, share: 0.9 },
  ],
  evidence: [
    { kind: 'statement', title: 'The statement', sql: long, origin: 'queries/orders.sql:14' },
    ...indexFinding.evidence.filter(({ kind }) => kind === 'plan'),
    {
      kind: 'table',
      title: 'Statements it serves',
      columns: [
        { label: 'Statement', unit: 'none' },
        { label: 'Cost without the index', unit: 'count' },
        { label: 'Cost with the index', unit: 'count' },
      ],
      rows: [[long, 4071, 261]],
    },
  ],
  prediction: {
    ...indexFinding.prediction,
    gains: [`SELECT '${hostile}'`, long].map((route) => ({
      route,
      beforeMs: 92,
      gainMs: { low: 80, mid: 86, high: 88 },
      boundMs: 92,
    })),
  },
};

const advice: Advice = {
  schemaVersion: 1,
  amdahlVersion: '1.2.3',
  advisedAt: '2026-11-22T12:00:00.000Z',
  workload: {
    source: 'pg_stat_statements of shop',
    statements: 32,
    calls: 611,
    totalMs: 17_300,
    unread: [
      { text: `SELEC ${hostile}`, error: 'queries.sql:10: syntax error at or near "SELEC"' },
    ],
  },
  database: { name: 'shop', serverVersion: '18.4' },
  interrupted: false,
  fidelity: { same: 31, compared: 31 } as Advice['fidelity'],
  warnings: [`To be read with care: ${hostile}`],
  findings: [1, 2].map((rank) => ({
    ...finding,
    id: `${finding.id}-${rank}`,
    rank,
    savedMs: { low: 1_660, mid: 1_720, high: 1_760 },
  })),
  negligible: 4,
  remarks: [],
  outcomes: [],
  migration: {
    up: 'CREATE INDEX CONCURRENTLY a ON t (b);\n',
    down: 'DROP INDEX CONCURRENTLY a;\n',
    notes: ['Afterwards no index should be left invalid.'],
  },
  sources: {},
};

const onTexts: Advice = {
  ...advice,
  workload: { ...advice.workload, calls: null, totalMs: null },
  database: null,
  fidelity: null,
  findings: [],
  negligible: 0,
  remarks: [2, 5, 5].map((line) => ({
    origin: `queries/${'folder/'.repeat(12)}orders.sql:${line}`,
    dialect: 'postgresql',
    text: 'SELECT * FROM orders',
    rule: 'select-star',
    note: 'not confirmed: no database given',
    message: 'SELECT * fetches every column.',
    advice: 'Name the columns that are read.',
  })),
  migration: { up: '', down: '', notes: [] },
};

const plain = { colour: false, width: 100 };
const forms: readonly (readonly [string, (advice: Advice) => string])[] = [
  ['terminal', (each) => renderAdviceTerminal(each, plain)],
  ['markdown', renderAdviceMarkdown],
  // The style sheets speak of routes in their selectors.
  ['html', (each) => renderAdviceHtml(each).replace(/<style>[\s\S]*?<\/style>|class="[^"]*"/g, '')],
];

/** A text whatever its lines. */
function words(text: string): string {
  return text.replace(/[\s┃]+/g, ' ');
}

describe.each(forms)('the %s', (_name, render) => {
  test('speaks of statements, never of routes or requests', () => {
    expect(words(render(advice))).not.toMatch(/\b(routes?|response time|requests)\b/i);
  });

  test('says what the time is saved of, and what was left out', () => {
    const text = words(render(advice));
    expect(text).toContain('611 executions, 17.3 s in all');
    expect(text).toContain('over the whole workload');
    expect(text).toMatch(/4 findings that would save less than 0\.5 % of the workload(?:'|&#39;)s/);
  });

  test('says where the statement stands', () => {
    expect(render(advice)).toContain('queries/orders.sql:14');
  });

  test('says with each remark what to do instead', () => {
    expect(render(onTexts).match(/Name the columns that are read\./g)).toHaveLength(3);
  });
});

test.each(forms)('the %s says what a migration leaves to do', (_name, render) => {
  expect(render(advice)).toContain('Afterwards no index should be left invalid.');
  expect(render(onTexts)).not.toMatch(/Migration|Taking it back/);
});

test.each(forms.slice(0, 2))('the %s names the figures of a table', (_name, render) => {
  expect(words(render(advice))).toMatch(
    /FROM orders: cost without the index 4,071 · cost with the index 261/,
  );
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, { timeout: 60_000 }, () => {
  let viewer: PageViewer;

  beforeAll(async () => {
    viewer = await PageViewer.launch();
  }, 60_000);

  afterAll(() => viewer?.close());

  test.each([
    ['advice', advice, 1280],
    ['advice', advice, 390],
    ['remarks', onTexts, 1280],
    ['remarks', onTexts, 390],
  ])(
    '%s at its width fits, and no text of a statement becomes markup',
    async (_name, each, width) => {
      expect(await viewer.inspect(renderAdviceHtml(each), width)).toEqual({
        problems: [],
        overflowPx: 0,
        title: 'Amdahl · pg_stat_statements of shop',
      });
    },
  );
});
