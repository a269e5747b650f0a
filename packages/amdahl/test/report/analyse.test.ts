import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createRecording,
  finishRecording,
  saveArtifact,
  type Recording,
} from '../../src/artifacts/recording.ts';
import { artifactNames } from '../../src/artifacts/shapes.ts';
import { analyse } from '../../src/report/analyse.ts';
import type { GatheredArtifacts } from '../../src/artifacts/artifacts.ts';
import { runOptions } from '../fixtures/run-options.ts';
import { exampleResult } from '../fixtures/result.ts';

let directory: string;
const place = 'src/products/delivery.ts';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amdahl-analyse-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A recording of the example's artifacts, its app in this test's folder. */
async function record(state?: 'complete' | 'interrupted'): Promise<Recording> {
  const recording = await createRecording(join(directory, 'run'), runOptions(directory));
  const text = JSON.stringify(exampleResult().artifacts).replaceAll('/app', directory);
  const artifacts = JSON.parse(text) as GatheredArtifacts;
  for (const name of artifactNames) await saveArtifact(recording, name, artifacts[name]);
  if (state !== undefined) await finishRecording(recording, state);
  return recording;
}

describe('a recording', () => {
  test('is audited, ranked and summarised', async () => {
    const recording = await record('complete');
    const result = await analyse(recording.directory);
    expect(result.interrupted).toBe(false);
    expect(result.verdict?.kind).toBe('valid');
    expect(result.routes.map((route) => route.route)).toContain('POST /orders');
    expect(result.findings[0]?.audit).toBe('blocked-event-loop');
    expect(result.findings.map((finding) => finding.rank)).toEqual(
      [...result.findings.keys()].map((index) => index + 1),
    );
    expect(result.outcomes.find((outcome) => outcome.audit === 'lock-contention')?.status).toBe(
      'unmeasured',
    );
  });

  test('gives the same result each time', async () => {
    const recording = await record('complete');
    const first = await analyse(recording.directory);
    expect(await analyse(recording.directory)).toEqual(first);
  });

  test('keeps the lines of code it points at, also when the app has gone', async () => {
    await mkdir(join(directory, 'src/products'), { recursive: true });
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    await writeFile(join(directory, place), lines.join('\n'));
    const recording = await record('complete');
    await analyse(recording.directory);
    await rm(join(directory, 'src'), { recursive: true });
    const { sources } = await analyse(recording.directory);
    expect(sources[`${join(directory, place)}:9`]).toMatchObject({
      firstLine: 4,
      lines: lines.slice(3, 17),
    });
  });

  test('cut short by a crash is read as far as it goes', async () => {
    const recording = await createRecording(join(directory, 'crashed'), runOptions(directory));
    const result = await analyse(recording.directory);
    expect(result).toMatchObject({ interrupted: true, verdict: null, routes: [], findings: [] });
    expect(new Set(result.outcomes.map((outcome) => outcome.status))).toEqual(
      new Set(['unmeasured']),
    );
  });
});

test('a folder that is no recording is refused', async () => {
  await expect(analyse(join(directory, 'nothing'))).rejects.toMatchObject({
    code: 'AMDAHL_RECORDING_NOT_FOUND',
  });
});
