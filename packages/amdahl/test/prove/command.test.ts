import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Proof } from '../../src/prove/proof.ts';
import { CommandLine } from '../commands/amdahl.ts';
import { freePort } from '../fixtures/site.ts';

vi.setConfig({ testTimeout: 120_000 });

const app = `"${process.execPath}" "${fileURLToPath(new URL('fixtures/server.ts', import.meta.url))}"`;

let commandLine: CommandLine;
let out: string;

beforeEach(async () => {
  commandLine = await CommandLine.create();
  out = join(commandLine.directory, 'proof');
});

afterEach(async () => {
  await commandLine.end();
});

/** Arguments of a short experiment with one app whose environment differs. */
async function experiment(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const port = await freePort();
  const flags = (flag: string, env: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(env).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const load = '--users 4 --duration 600ms --warmup 100ms --visit /hello --ready-path /ready';
  return [
    'prove',
    '--app',
    app,
    ...load.split(' '),
    ...flags('--env', { PORT: String(port) }),
    ...flags('--a-env', a),
    ...flags('--b-env', b),
    '--url',
    `http://127.0.0.1:${port}/`,
    '--out',
    out,
  ];
}

async function savedProof(): Promise<Proof> {
  return JSON.parse(await readFile(join(out, 'proof.json'), 'utf8')) as Proof;
}

describe('amdahl prove', () => {
  test('answers, shows what it rests on and keeps the proof', async () => {
    const { exitCode, stdout, stderr } = await commandLine.run([
      ...(await experiment({ DELAY_MS: '150' }, { DELAY_MS: '5' })),
      '--rounds',
      '6',
    ]);
    expect(stdout.split('\n')[0]).toMatch(/^B is faster than A: the whole load took \d+/);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^GET \/hello \(median\) .* faster$/m);
    expect(stdout).toContain(`Proof: ${join(out, 'proof.html')}`);
    expect(stderr).toContain('round 6 · B');
    expect((await readdir(out)).toSorted()).toEqual(['proof.html', 'proof.json']);
    expect(await savedProof()).toMatchObject({ usableRounds: 6, overall: { answer: 'faster' } });
  });

  test('fails a script when B is slower, and prints JSON when asked to', async () => {
    const { exitCode, stdout } = await commandLine.run([
      ...(await experiment({ DELAY_MS: '5' }, { DELAY_MS: '150' })),
      '--rounds',
      '6',
      '--route',
      'GET /hello',
      '--json',
    ]);
    expect(exitCode).toBe(1);
    const printed = JSON.parse(stdout) as Proof;
    expect(printed).toEqual(await savedProof());
    expect(printed).toMatchObject({ focus: 'GET /hello', routes: [{ answer: 'slower' }] });
  });

  test('keeps finished rounds when interrupted, and leaves nothing running', async () => {
    const running = commandLine.start(await experiment({ DELAY_MS: '5' }, { DELAY_MS: '5' }));
    await running.says(/^round 2 · .*\n(.*\n)*round 2 · /m);
    running.kill('SIGINT');
    const { exitCode, stdout, stderr } = await running.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Finished rounds are kept');
    expect(stdout).toContain('Stopped before its planned end');
    const { interrupted, usableRounds } = await savedProof();
    expect(interrupted).toBe(true);
    expect(usableRounds).toBeGreaterThanOrEqual(2);
  });
});

describe('bad input', () => {
  test.each([
    ['no sides', ['--url', 'http://127.0.0.1:1/'], 'AMDAHL_PROVE_SIDES_UNCLEAR'],
    ['one URL of two', ['--a-url', 'http://127.0.0.1:1/'], 'AMDAHL_PROVE_SIDES_UNCLEAR'],
    [
      'a finding without its recording',
      ['--a', 'a', '--b', 'b', '--url', 'http://127.0.0.1:1/', '--finding', 'n-plus-one'],
      'AMDAHL_PROVE_BAD_OPTION',
    ],
    [
      'a recording that is none',
      [
        '--a',
        'a',
        '--b',
        'b',
        '--url',
        'http://127.0.0.1:1/',
        '--finding',
        'x',
        '--recording',
        '.',
      ],
      'AMDAHL_RECORDING_NOT_FOUND',
    ],
    ['a margin of nothing', ['--margin', '0%'], 'AMDAHL_CONFIG_INVALID'],
    ['half a round', ['--rounds', '2.5'], 'AMDAHL_CONFIG_INVALID'],
    ['a path without its slash', ['--visit', 'hello'], 'AMDAHL_CONFIG_INVALID'],
  ])('%s is refused before anything is measured', async (_, flags, code) => {
    const { exitCode, stderr } = await commandLine.run(['prove', ...flags]);
    expect(stderr).toContain(code);
    expect(exitCode).toBe(2);
    expect(await readdir(commandLine.directory)).toEqual([]);
  });

  test('a folder that holds something is refused before anything is measured', async () => {
    await mkdir(out);
    await writeFile(join(out, 'notes.txt'), 'mine');
    const { exitCode, stderr } = await commandLine.run(await experiment({}, { X: '1' }));
    expect(stderr).toContain('AMDAHL_PROVE_NOT_WRITTEN');
    expect(stderr).toContain('notes.txt');
    expect(exitCode).toBe(3);
  });

  test('an app that does not start is named', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const sides = ['--a', 'exit 4', '--b', app, '--url', url];
    const { exitCode, stderr } = await commandLine.run([
      'prove',
      ...sides,
      '--visit',
      '/',
      '--out',
      out,
    ]);
    expect(stderr).toContain('AMDAHL_TARGET_NOT_STARTED');
    expect(stderr).toMatch(/exit 4|exit code 4/);
    expect(exitCode).toBe(3);
    expect(await readdir(commandLine.directory)).toEqual([]);
  });
});
