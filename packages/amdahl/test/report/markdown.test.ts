import { expect, test } from 'vitest';
import { toJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { RankedFinding } from '../../src/artifacts/run-result.ts';
import { exampleResult } from '../fixtures/result.ts';

test('reads like the terminal', async () => {
  await expect(renderMarkdown(exampleResult())).toMatchFileSnapshot('golden/report.md');
});

test('names from the measured service stay text', () => {
  const result = exampleResult();
  const [first] = result.findings as [RankedFinding];
  const hostile = { ...first, title: '<img src=x> | [a](javascript:b) `c`' };
  const text = renderMarkdown({ ...result, findings: [hostile] });
  expect(text).toContain(String.raw`### \<img src=x\> \| \[a\](javascript:b) \`c\``);
});

test('the JSON has all that is shown, and leaves the artifacts in the recording', () => {
  const result = exampleResult();
  const json = JSON.parse(toJson(result)) as Record<string, unknown>;
  expect(json).not.toHaveProperty('artifacts');
  expect(json).toMatchObject({ schemaVersion: 1, recording: result.recording });
  expect((json['findings'] as unknown[]).length).toBe(result.findings.length);
});
