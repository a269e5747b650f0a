/** The demo as the README shows it, on a small shop: the whole loop, and what it leaves behind. */
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  chromiumHint,
  chromiumPath,
  launchChromium,
} from '../packages/amdahl/test/fixtures/chromium.ts';
import { processesWith } from '../packages/amdahl/test/fixtures/site.ts';
import type { RunResult } from '../packages/amdahl/src/artifacts/run-result.ts';
import { headlineOf } from '../packages/amdahl/src/prove/headline.ts';
import type { Proof } from '../packages/amdahl/src/prove/proof.ts';
import { runNode, type EndedProcess } from './support/run-node.ts';
import { root } from './support/workspaces.ts';

const binary = 'packages/amdahl/bin/amdahl.js';
const marker = randomUUID();

vi.setConfig({ testTimeout: 120_000, hookTimeout: 480_000 });

let directory: string;
let recording: string;
let demo: EndedProcess;
let proof: Proof;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amdahl-demo-'));
  recording = join(directory, 'run');
  demo = await runNode(['examples/shop/demo/main.ts', '--scale', '0.1', '--out', directory], {
    STARTED_BY: marker,
  });
  proof = JSON.parse(readFileSync(join(directory, 'proof', 'proof.json'), 'utf8')) as Proof;
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function report(folder: string): Promise<RunResult> {
  const { stdout } = await runNode([binary, 'report', folder, '--json']);
  return JSON.parse(stdout) as RunResult;
}

describe('the demo', () => {
  test('ends well, says how long it took and where its pages are', () => {
    expect(demo).toMatchObject({ exitCode: 0 });
    expect(demo.stdout).toMatch(/The demo took \d+ s\. Peak memory [1-9]\d+ MB/);
    for (const page of ['run/report.html', 'proof/proof.html']) {
      expect(demo.stdout).toContain(join(directory, page));
      expect(existsSync(join(directory, page))).toBe(true);
    }
  });

  test('leaves no process and no data', async () => {
    await expect.poll(() => processesWith('STARTED_BY', marker)).toEqual([]);
    expect(globSync('examples/shop/.data/demo-*', { cwd: root })).toEqual([]);
  });

  test("names the shop's N+1 and its missing index among the first, with file and line", async () => {
    const { findings } = await report(recording);
    const byAudit = (audit: string) => findings.filter((finding) => finding.audit === audit);
    const nPlusOne = byAudit('n-plus-one')[0];
    expect(nPlusOne?.rank).toBeLessThanOrEqual(5);
    expect(nPlusOne?.where?.file).toMatch(/orders\/list-orders\.ts$/);
    const source = readFileSync(nPlusOne?.where?.file ?? '', 'utf8').split('\n');
    expect(source[(nPlusOne?.where?.line ?? 0) - 1]).toContain('database.query');
    expect(byAudit('missing-index').map((finding) => finding.title)).toContainEqual(
      expect.stringContaining('orders is looked up by user_id'),
    );
  });

  test('proves the applied fix faster, with an interval that excludes zero', () => {
    expect(demo.stdout).toContain('B is faster than A');
    const headline = headlineOf(proof);
    expect(headline.answer).toBe('faster');
    expect(headline.response.p50Ms.difference?.high).toBeLessThan(0);
    expect(headline.response.p50Ms.ratio?.high).toBeLessThan(1);
    expect(proof.prediction?.gains.length).toBeGreaterThan(1);
    expect(demo.stdout).toMatch(/predicted +proven/);
  });
});

describe('the recording of the demo', () => {
  test('replays to what the run printed', async () => {
    const { stdout } = await runNode([binary, 'report', recording]);
    expect(stdout.length).toBeGreaterThan(1_000);
    expect(demo.stdout).toContain(stdout.trimEnd());
  });

  test('replays to the same findings from another folder', async () => {
    const moved = join(directory, 'moved');
    await cp(recording, moved, { recursive: true });
    const [here, there] = [await report(recording), await report(moved)];
    expect(there.findings).toEqual(here.findings);
    expect(there.outcomes).toEqual(here.outcomes);
  });

  test('is audited to the same outcomes', async () => {
    const { stdout } = await runNode([binary, 'audit', recording, '--json']);
    expect(JSON.parse(stdout)).toEqual((await report(recording)).outcomes);
  });
});

describe.skipIf(chromiumPath === null)(`the pages of the demo in Chromium${chromiumHint}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  test.each([
    ['run/report.html', 1_280],
    ['run/report.html', 390],
    ['proof/proof.html', 1_280],
    ['proof/proof.html', 390],
  ])('%s opens without errors and fits %d pixels', async (file, width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'log') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(pathToFileURL(join(directory, file)).href);
    expect(await page.locator('h1').innerText()).not.toBe('');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(problems).toEqual([]);
    await page.close();
  });
});
