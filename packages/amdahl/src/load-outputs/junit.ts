import type { LoadOutput } from './load-output.ts';
import type { LoadRun } from './load-run.ts';
import { formatFound } from './objective-figure.ts';
import type { TextFile } from './text-file.ts';

/** Objectives, checks and the verdict as test cases, for whoever reads JUnit's XML. */
export function junit(file: TextFile): LoadOutput {
  return {
    end: async (run) => {
      if (run !== undefined) file.line(junitXml(run));
      await file.end();
    },
  };
}

interface TestCase {
  readonly group: string;
  readonly name: string;
  /** Undefined for one that passed. */
  readonly failure?: string;
}

/** The document of a run. */
export function junitXml({ result, verdict }: LoadRun): string {
  const cases: readonly TestCase[] = [
    ...(result.objectives ?? []).map((outcome) => ({
      group: 'objectives',
      name: outcome.objective.text,
      ...(outcome.met ? {} : { failure: `found ${formatFound(outcome)}` }),
    })),
    ...result.checks.map(({ name, passed, failed }) => ({
      group: 'checks',
      name,
      ...(failed === 0 ? {} : { failure: `${failed} of ${passed + failed} failed` }),
    })),
    {
      group: 'run',
      name: 'the figures can be believed',
      ...(verdict.kind === 'void'
        ? { failure: verdict.reasons.map(({ message }) => message).join(' ') }
        : {}),
    },
  ];
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const seconds = (result.measuredMs / 1_000).toFixed(3);
  const started = new Date(result.startedAtEpochMs).toISOString().slice(0, 19);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="amdahl load" ${counts} time="${seconds}">`,
    `  <testsuite name="${escaped(result.baseUrl)}" ${counts} skipped="0" timestamp="${started}" time="${seconds}">`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function caseLines({ group, name, failure }: TestCase): readonly string[] {
  const head = `    <testcase classname="${group}" name="${escaped(name)}" time="0"`;
  if (failure === undefined) return [`${head}/>`];
  const message = escaped(failure);
  return [
    `${head}>`,
    `      <failure message="${message}">${message}</failure>`,
    '    </testcase>',
  ];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Characters XML 1.0 does not know are replaced. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] as string)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
