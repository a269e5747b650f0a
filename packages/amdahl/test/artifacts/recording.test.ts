import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Gathered } from '../../src/artifacts/artifacts.ts';
import {
  createRecording,
  discardIfEmpty,
  finishRecording,
  loadArtifacts,
  loadSources,
  openRecording,
  recordingSchemaVersion,
  saveArtifact,
  saveSources,
} from '../../src/artifacts/recording.ts';
import { audits } from '../../src/audits/audits.ts';
import { evidence, statement } from '../audits/queries/workload.ts';
import { outcomeOf } from '../fixtures/audit.ts';
import { defaultOptions } from '../fixtures/default-options.ts';

let directory: string;
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'amdahl-test-'));
  directory = join(parent, 'runs', 'first');
});

afterEach(() => rm(parent, { recursive: true }));

const locks: Gathered<'locks'> = {
  status: 'ok',
  value: {
    intervalMs: 100,
    samples: 3,
    waits: [],
    idleInTransaction: [],
    events: [],
    deadlocks: null,
    warnings: [],
  },
};
const failedPlans: Gathered<'plans'> = {
  status: 'failed',
  error: {
    code: 'AMDAHL_DATABASE_UNREACHABLE',
    exitCode: 3,
    message: 'Expected a; found b. Do c.',
    expected: 'a',
    found: 'b',
    next: 'Do c.',
    details: {},
  },
};

test('locks recorded before there were events are read as having none', async () => {
  const recording = await createRecording(directory, defaultOptions());
  await saveArtifact(recording, 'locks', locks);
  const wait = {
    waitingStatement: 'UPDATE a',
    blockingStatement: 'UPDATE b',
    blockingState: 'active',
    samples: 3,
    longestWaitMs: 250,
  };
  const idle = { statement: 'SELECT 1', samples: 2, longestMs: 900 };
  const value = { intervalMs: 100, samples: 9, waits: [wait], idleInTransaction: [idle] };
  await writeFile(join(directory, 'locks.json'), JSON.stringify({ status: 'ok', value }));
  const { locks: loaded, plans } = await loadArtifacts(await openRecording(directory));
  expect(plans.status).toBe('absent');
  expect(loaded).toMatchObject({
    status: 'ok',
    value: {
      events: [],
      deadlocks: null,
      warnings: [],
      waits: [{ ...wait, waitedMs: 300, object: { kind: 'other', relation: null }, through: [] }],
      idleInTransaction: [{ ...idle, state: 'idle in transaction', longestTransactionMs: 900 }],
    },
  });
  // Every audit of locks can judge them.
  if (loaded.status !== 'ok') throw new Error('just seen to be');
  const given = { ...evidence([statement('UPDATE a', { ms: 60 })]), locks: loaded.value };
  const judging = audits.filter(({ needs }) => needs.includes('locks'));
  expect(judging.length).toBeGreaterThan(3);
  for (const audit of judging) expect(outcomeOf(audit, given).status).not.toBe('unmeasured');
});

test('what was saved is loaded again, elsewhere and later', async () => {
  const recording = await createRecording(directory, defaultOptions(), Date.UTC(2026, 10, 23));
  await saveArtifact(recording, 'locks', locks);
  await saveArtifact(recording, 'plans', failedPlans);
  await saveArtifact(recording, 'cpuProfile', { status: 'absent', reason: 'left out' });
  const sources = { 'app.ts:3': { file: 'app.ts', firstLine: 1, lines: ['a', 'b', 'c'] } };
  await saveSources(recording, sources);
  await finishRecording(recording, 'complete');

  const opened = await openRecording(directory);
  expect(opened.manifest).toMatchObject({
    schemaVersion: recordingSchemaVersion,
    createdAt: '2026-11-23T00:00:00.000Z',
    state: 'complete',
    note: expect.stringContaining('private'),
    artifacts: [
      { name: 'locks', file: 'locks.json', status: 'ok' },
      { name: 'plans', file: 'plans.json', status: 'failed' },
      { name: 'cpuProfile', file: 'cpu-profile.json', status: 'absent' },
    ],
  });
  const artifacts = await loadArtifacts(opened);
  expect(artifacts.locks).toEqual(locks);
  expect(artifacts.plans).toEqual(failedPlans);
  expect(artifacts.cpuProfile).toEqual({ status: 'absent', reason: 'left out' });
  expect(await loadSources(opened)).toEqual(sources);
});

test('a run that crashed leaves what it had', async () => {
  const recording = await createRecording(directory, defaultOptions());
  await saveArtifact(recording, 'locks', locks);

  const opened = await openRecording(directory);
  expect(opened.manifest.state).toBe('recording');
  const artifacts = await loadArtifacts(opened);
  expect(artifacts.locks).toEqual(locks);
  expect(artifacts.load).toMatchObject({ status: 'absent' });
  expect(await loadSources(opened)).toEqual({});
});

test('a run that crashed between an artifact and its entry has both', async () => {
  const recording = await createRecording(directory, defaultOptions());
  const before = await readFile(join(directory, 'recording.json'), 'utf8');
  await saveArtifact(recording, 'locks', locks);
  await writeFile(join(directory, 'recording.json'), before);
  expect((await loadArtifacts(await openRecording(directory))).locks).toEqual(locks);
});

test('an artifact saved again replaces the first', async () => {
  const recording = await createRecording(directory, defaultOptions());
  await saveArtifact(recording, 'locks', { status: 'absent', reason: 'not yet' });
  await saveArtifact(recording, 'locks', locks);
  expect(recording.manifest.artifacts).toEqual([
    { name: 'locks', file: 'locks.json', status: 'ok' },
  ]);
});

test('only its owner may read it, and no password lies in it', async () => {
  const recording = await createRecording(
    directory,
    defaultOptions({
      app: 'DATABASE_URL=postgres://shop:s3cret@db/shop node server.js',
      database: 'postgres://shop:s3cret@db/shop?password=s3cret',
      env: { TOKEN: 's3cret' },
    }),
  );
  const text = await readFile(join(recording.directory, 'recording.json'), 'utf8');
  expect(text).not.toContain('s3cret');
  expect(text).toContain('postgres://shop:***@db/shop');
  expect((await stat(directory)).mode & 0o077).toBe(0);
  expect((await stat(join(directory, 'recording.json'))).mode & 0o077).toBe(0);
});

test('a recording of nothing is taken away again', async () => {
  const recording = await createRecording(directory, defaultOptions());
  await discardIfEmpty(recording);
  expect(await readdir(join(parent, 'runs'))).toEqual([]);
});

test('a recording of something stays', async () => {
  const recording = await createRecording(directory, defaultOptions());
  await saveArtifact(recording, 'locks', locks);
  await discardIfEmpty(recording);
  expect(await readdir(directory)).toEqual(['locks.json', 'recording.json']);
});

test('nothing is ever written over', async () => {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'notes.txt'), 'mine');
  await expect(createRecording(directory, defaultOptions())).rejects.toMatchObject({
    code: 'AMDAHL_RECORDING_EXISTS',
    found: expect.stringContaining(directory),
  });
  expect(await readdir(directory)).toEqual(['notes.txt']);
});

describe('a place that cannot be written to', () => {
  test('is told at the start', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    for (const place of [file, join(file, 'runs'), '/proc/nowhere/run']) {
      await expect(createRecording(place, defaultOptions())).rejects.toMatchObject({
        code: 'AMDAHL_RECORDING_NOT_WRITTEN',
        details: { kept: [] },
      });
    }
  });

  test('is told with what was kept, and leaves no half file', async () => {
    const recording = await createRecording(directory, defaultOptions());
    await saveArtifact(recording, 'locks', locks);
    // A folder in its place makes the file impossible to put there, for root too.
    await mkdir(join(directory, 'plans.json', 'in-the-way'), { recursive: true });
    await expect(saveArtifact(recording, 'plans', failedPlans)).rejects.toMatchObject({
      code: 'AMDAHL_RECORDING_NOT_WRITTEN',
      details: { kept: ['locks'] },
    });
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await loadArtifacts(await openRecording(directory))).locks).toEqual(locks);
  });
});

describe('a folder that is no good recording', () => {
  async function recorded(): Promise<void> {
    const recording = await createRecording(directory, defaultOptions());
    await saveArtifact(recording, 'locks', locks);
  }

  const open = async (): Promise<unknown> => loadArtifacts(await openRecording(directory));

  test('is missing, or something else', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'AMDAHL_RECORDING_NOT_FOUND' });
    await mkdir(directory, { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'AMDAHL_RECORDING_NOT_FOUND' });
  });

  test('was made by a newer version', async () => {
    await recorded();
    await edit('recording.json', (text) =>
      text.replace(`"schemaVersion": ${recordingSchemaVersion}`, '"schemaVersion": 99'),
    );
    await expect(open()).rejects.toMatchObject({
      code: 'AMDAHL_RECORDING_NEWER',
      found: expect.stringContaining('99'),
    });
  });

  test.each([
    ['a manifest that was cut', 'recording.json', (text: string) => text.slice(0, 50)],
    ['a manifest of something else', 'recording.json', () => '{"name":"shop"}'],
    ['a manifest of nothing', 'recording.json', () => 'null'],
    [
      'a manifest without a list',
      'recording.json',
      (text: string) => text.replace('"artifacts"', '"things"'),
    ],
    ['an artifact that was cut', 'locks.json', (text: string) => text.slice(0, -9)],
    ['an artifact of another kind', 'locks.json', () => '{"status":"ok","value":{"plans":[]}}'],
    ['an artifact without a status', 'locks.json', () => '{"value":{}}'],
    ['an artifact of nothing', 'locks.json', () => 'null'],
    ['a failure without an error', 'locks.json', () => '{"status":"failed"}'],
  ])('has %s: the file is named', async (_, file, change) => {
    await recorded();
    await edit(file, change);
    await expect(open()).rejects.toMatchObject({
      code: 'AMDAHL_RECORDING_DAMAGED',
      expected: expect.stringContaining(file),
    });
  });

  test('lacks a file it lists', async () => {
    await recorded();
    await rm(join(directory, 'locks.json'));
    await expect(open()).rejects.toMatchObject({
      code: 'AMDAHL_RECORDING_DAMAGED',
      expected: expect.stringContaining('locks.json'),
    });
  });

  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(directory, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }
});
