import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { CallSiteMemory, captureCallSite } from '../src/call-site.ts';

/** Stands for a library's function that the app calls. */
function library(memory: CallSiteMemory, route: string): number | undefined {
  return memory.find(library, route)?.line;
}

function own(): ReturnType<typeof captureCallSite> {
  return captureCallSite(own);
}

test('finds the frame above the library', () => {
  function caller(): ReturnType<typeof captureCallSite> {
    return own();
  }
  expect(caller()).toMatchObject({
    file: fileURLToPath(import.meta.url),
    functionName: 'caller',
  });
});

test('finds the frame behind an await', async () => {
  async function asked(): Promise<ReturnType<typeof captureCallSite>> {
    await Promise.resolve();
    const frames = [1].map(() => own());
    return frames[0] ?? null;
  }
  expect((await asked())?.file).toBe(fileURLToPath(import.meta.url));
});

test("leaves the process's settings of stacks as they were", () => {
  const { stackTraceLimit } = Error;
  const prepare = Reflect.get(Error, 'prepareStackTrace') as unknown;
  own();
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  expect(Reflect.get(Error, 'prepareStackTrace')).toBe(prepare);
});

test('trusts a place that has always been the same, and finds a second one in time', () => {
  const memory = new CallSiteMemory();
  const first = (): number | undefined => library(memory, 'GET /');
  const second = (): number | undefined => library(memory, 'GET /');
  const lines = new Set(Array.from({ length: 100 }, first));
  expect(lines.size).toBe(1);
  // It takes the next check until the other place is noticed; from then on both are told apart.
  let other = second();
  while (lines.has(other)) other = second();
  expect(lines.has(first())).toBe(true);
  expect(second()).toBe(other);
});

test('keeps the places of routes apart', () => {
  const memory = new CallSiteMemory();
  const home = Array.from({ length: 50 }, () => library(memory, 'GET /'));
  const cart = Array.from({ length: 50 }, () => library(memory, 'GET /cart'));
  expect(new Set(home).size).toBe(1);
  expect(new Set(cart).size).toBe(1);
  expect(home[0]).not.toBe(cart[0]);
});

test.each([
  ['@scope/mapper', '@scope/mapper'],
  ['mapper', 'mapper'],
  ['pg-pool', undefined],
])('names the package %s between the frame and the work', async (name, via) => {
  const folder = mkdtempSync(join(tmpdir(), 'amdahl-call-site-'));
  try {
    const inside = join(folder, 'node_modules', name, 'lib');
    mkdirSync(inside, { recursive: true });
    const file = join(inside, 'index.mjs');
    writeFileSync(file, 'export const ask = (work) => work();');
    const mapper = (await import(pathToFileURL(file).href)) as {
      ask: (work: () => unknown) => ReturnType<typeof own>;
    };
    const found = mapper.ask(own);
    expect(found?.file).toBe(fileURLToPath(import.meta.url));
    expect(found?.via).toBe(via);
    expect(own()?.via).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
