import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(async () => {
  await commandLine.end();
});

describe('help', () => {
  test.each([[[]], [['--help']], [['help']]])('of %j names every command', async (args) => {
    const { exitCode, stdout, stderr } = await commandLine.run(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Examples:\n/);
    for (const name of ['run', 'prove', 'report', 'audit', 'load']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  test('of a command begins with examples and tells defaults and variables', async () => {
    const { exitCode, stdout } = await commandLine.run(['run', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Examples:\n/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '--ready-timeout <duration> how long the app may take to answer there (default: 30s; AMDAHL_READY_TIMEOUT)',
    );
  });
});

test('the version is that of the package', async () => {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await commandLine.run(['--version'])).toEqual({
    exitCode: 0,
    signal: null,
    stdout: `${version}\n`,
    stderr: '',
  });
});

describe('a call that makes no sense ends with exit code 2', () => {
  test.each([
    [['run', '--usres', '3'], 'AMDAHL_CLI_UNKNOWN_OPTION', '--usres', 'Did you mean --users?'],
    [['load', 'x.ts', '--db', 'y'], 'AMDAHL_CLI_UNKNOWN_OPTION', '--db', 'See: amdahl'],
    [['rnu'], 'AMDAHL_CLI_UNKNOWN_COMMAND', 'rnu', 'Did you mean run?'],
    [['report'], 'AMDAHL_CLI_BAD_USAGE', "missing required argument 'recording'", 'See: amdahl'],
    [['report', 'a', 'b'], 'AMDAHL_CLI_BAD_USAGE', 'too many arguments', 'See: amdahl'],
    [['run', '--url'], 'AMDAHL_CLI_BAD_USAGE', 'argument missing', 'See: amdahl'],
    [['run'], 'AMDAHL_CLI_BAD_USAGE', 'no --url', '--app "node server.js"'],
    [['run', '--url', 'localhost'], 'AMDAHL_CONFIG_INVALID', '"localhost"', 'Change --url'],
    [
      ['run', '--url', 'http://x/', '--users', 'x'],
      'AMDAHL_CONFIG_INVALID',
      '"x"',
      'Change --users',
    ],
    [['run', '--url', 'http://x/', '--db', 'x'], 'AMDAHL_CONFIG_INVALID', '"x"', 'Change --db'],
    [['run', '--config', 'x.ts'], 'AMDAHL_CONFIG_NOT_FOUND', 'x.ts', 'Give --config'],
    [['report', 'nowhere'], 'AMDAHL_RECORDING_NOT_FOUND', 'nowhere', 'Give the folder'],
    [['audit', 'nowhere'], 'AMDAHL_RECORDING_NOT_FOUND', 'nowhere', 'Give the folder'],
  ])('%j: %s', async (args, code, found, next) => {
    const { exitCode, stdout, stderr } = await commandLine.run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).toMatch(/^ {2}expected +\S/m);
    expect(/^ {2}found +(.*)/m.exec(stderr)?.[1]).toContain(found);
    expect(/^ {2}next +(.*)/m.exec(stderr)?.[1]).toContain(next);
  });

  test('with --json, the error is on standard output too', async () => {
    const { exitCode, stdout } = await commandLine.run(['report', 'nowhere', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'AMDAHL_RECORDING_NOT_FOUND' } });
  });
});

describe('a configuration that cannot be used ends with exit code 2', () => {
  test.each([
    [
      'throws',
      `throw new Error('no luck');`,
      'AMDAHL_CONFIG_UNREADABLE',
      'Error: no luck at file://',
    ],
    ['cannot be parsed', 'export default {', 'AMDAHL_CONFIG_UNREADABLE', 'SyntaxError'],
    ['imports nothing there', `import 'gone';`, 'AMDAHL_CONFIG_UNREADABLE', "'gone'"],
    ['has a wrong key', 'export default { usres: 1 };', 'AMDAHL_CONFIG_INVALID', '"usres"'],
    ['has a wrong value', 'export default { workers: -1 };', 'AMDAHL_CONFIG_INVALID', '-1'],
  ])('because it %s', async (_, text, code, found) => {
    await writeFile(join(commandLine.directory, 'amdahl.config.ts'), text);
    const { exitCode, stderr } = await commandLine.run(['run']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(code);
    expect(/^ {2}found +(.*)/m.exec(stderr)?.[1]).toContain(found);
    expect(stderr).toContain('amdahl.config.ts');
  });
});

test('without colours where NO_COLOR or a pipe asks for none', async () => {
  const escape = String.fromCharCode(27);
  const plain = await commandLine.run(['rnu'], { env: { NO_COLOR: '1' } });
  expect(plain.stderr).not.toContain(escape);
  const piped = await commandLine.run(['rnu']);
  expect(piped.stderr).not.toContain(escape);
  const forced = await commandLine.run(['rnu'], { env: { FORCE_COLOR: '1' } });
  expect(forced.stderr).toContain(escape);
});
