/** What the README and the learning pages tell people to type, and where they send them. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../packages/amdahl/src/commands/commands.ts';
import { optionTable } from '../packages/amdahl/src/commands/options.ts';
import { root } from './support/workspaces.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md'], {
  cwd: root,
});

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Lines of code blocks and code spans. */
function codeOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap((match) =>
    (match[1] as string).replaceAll('\\\n', ' ').split('\n'),
  );
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);
  return [...blocks, ...spans];
}

test('the README offers the two commands that do everything', () => {
  const code = codeOf(read('README.md'));
  expect(code).toContain('npm ci && npm run demo');
  expect(code).toContain('npm ci && npm test');
});

describe.each(pages)('%s', (page) => {
  const code = codeOf(read(page));

  test('names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = code
      .filter((line) => !line.includes(' -w '))
      .flatMap((line) => [...line.matchAll(/\bnpm run ([\w:]+)/g)].map((match) => match[1] ?? ''));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('calls amdahl with commands and options that exist', () => {
    const wrong = code.flatMap((line) => {
      const [, words, first] = /(?:^|npx |[;&|] )amdahl ((\w+)\b[^|;&#]*)/.exec(line) ?? [];
      if (words === undefined) return [];
      // `sql explain` is a command of two words.
      const [command] = commands
        .filter(({ name }) => words === name || words.startsWith(`${name} `))
        .toSorted((a, b) => b.name.length - a.name.length);
      if (command === undefined) return [`amdahl ${first}`];
      const { name } = command;
      const rest = words.slice(name.length);
      const flags = new Set(
        command.options.flatMap((option) => {
          const { flag } = optionTable[option];
          return [flag, flag.replace('--', '--no-')];
        }),
      );
      const used = rest.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/--[a-z-]+/g) ?? [];
      return used
        .filter((flag) => flag !== '--help' && !flags.has(flag))
        .map((flag) => `${name} ${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      (match) => match[1] as string,
    );
    const broken = links.filter((link) => {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !headingsOf(target).includes(heading.toLowerCase());
    });
    expect(broken).toEqual([]);
  });
});

/** Anchors of a page: GitHub's, made of its headings, and those written out. */
function headingsOf(page: string): readonly string[] {
  const text = read(page);
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
  const written = [...text.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1] as string);
  return [...headings, ...written];
}
