import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderTerminal } from '../../src/report/terminal.ts';
import { exampleResult } from '../fixtures/result.ts';

const result = exampleResult();
const plain = renderTerminal(result, { colour: false, width: 100 });

test.each([80, 100, 120])('reads well at %i columns', async (width) => {
  const text = renderTerminal(result, { colour: false, width });
  const unbreakable = /^\$ amdahl|^\s+at /;
  const tooLong = text.split('\n').filter((line) => line.length > width && !unbreakable.test(line));
  expect(tooLong).toEqual([]);
  await expect(text).toMatchFileSnapshot(`golden/terminal-${width}.txt`);
});

test('colours change how it looks and not what it says', async () => {
  const coloured = renderTerminal(result, { colour: true, width: 100 });
  await expect(coloured).toMatchFileSnapshot('golden/terminal-colour.txt');
  const letters = (text: string): string => text.replace(/[█dphsco-]+(?=\n|$)/g, '');
  expect(letters(stripVTControlCharacters(coloured)).split('\n')[3]).toBe(
    letters(plain).split('\n')[3],
  );
  expect(plain).toBe(stripVTControlCharacters(plain));
});

test('the fix that buys most comes first, with its place, its gain and the command that proves it', () => {
  const [best] = result.findings;
  const head = plain.split('\n').slice(0, 12).join('\n');
  expect(head).toContain(best?.title);
  expect(head).toContain(`:${best?.where?.line} in ${best?.where?.functionName}`);
  expect(plain).toContain(`--finding ${best?.id}`);
});

describe('a run that cannot be believed', () => {
  const reasons = [
    {
      check: 'generator-cpu' as const,
      kind: 'void' as const,
      message: 'The busiest worker used 98 % of its core, more than 90 %.',
      next: 'Give --workers more, or lower the rate.',
    },
  ];

  test('says why and shows no figure of the service', () => {
    const text = renderTerminal(exampleResult({ verdict: { kind: 'void', reasons } }), {
      colour: false,
      width: 100,
    });
    expect(text).toContain('✖ void');
    expect(text).toContain('The busiest worker used 98 %');
    expect(text).not.toContain('The single fix');
    expect(text).not.toContain('Routes');
    expect(text).not.toMatch(/−\d/);
  });

  test('is shown as limits when it is bounded', () => {
    const bounded = exampleResult({ verdict: { kind: 'bounded', reasons } });
    const text = renderTerminal(bounded, { colour: false, width: 100 });
    expect(text).toContain('! bounded');
    expect(text).toContain('Routes: limits, no values');
  });
});

test('nothing the measured service says can steer the terminal', () => {
  const text = JSON.stringify(result).replaceAll('listOrders', String.raw`\u001b[2J\u0007\u009bm`);
  const shown = renderTerminal(JSON.parse(text) as typeof result, { colour: false, width: 100 });
  expect(shown).toContain('[2J');
  expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('a run without findings says so', () => {
  const text = renderTerminal(exampleResult({ findings: [] }), { colour: false, width: 100 });
  expect(text).toContain('No audit found anything to fix.');
});
