import { readObjective, type LoadObjective, type LoadResult, type Verdict } from '@amdahl/load';
import { expect, test } from 'vitest';
import { junitXml } from '../../src/load-outputs/junit.ts';

test('names are escaped, and characters XML does not know are replaced', () => {
  const objective = readObjective('GET /a"<b>&c: p95 < 1s') as LoadObjective;
  const result = {
    baseUrl: 'http://127.0.0.1/',
    startedAtEpochMs: 0,
    measuredMs: 1_500,
    checks: [
      { name: 'bell \u0007', passed: 1, failed: 0 },
      { name: 'half', passed: 1, failed: 1 },
    ],
    objectives: [{ objective, found: 0.25, met: false, count: 9 }],
  } as unknown as LoadResult;
  const verdict = {
    kind: 'void',
    reasons: [{ message: 'nothing was measured' }],
  } as unknown as Verdict;
  expect(junitXml({ result, verdict })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="amdahl load" tests="4" failures="3" errors="0" time="1.500">
  <testsuite name="http://127.0.0.1/" tests="4" failures="3" errors="0" skipped="0" timestamp="1970-01-01T00:00:00" time="1.500">
    <testcase classname="objectives" name="GET /a&quot;&lt;b&gt;&amp;c: p95 &lt; 1s" time="0">
      <failure message="found 250 µs">found 250 µs</failure>
    </testcase>
    <testcase classname="checks" name="bell \uFFFD" time="0"/>
    <testcase classname="checks" name="half" time="0">
      <failure message="1 of 2 failed">1 of 2 failed</failure>
    </testcase>
    <testcase classname="run" name="the figures can be believed" time="0">
      <failure message="nothing was measured">nothing was measured</failure>
    </testcase>
  </testsuite>
</testsuites>`);
});
