import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { utimesSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterTemplate, type ClusterTemplate } from '../../src/lab/cluster-template.ts';

const dayMs = 86_400_000;

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'amdahl-test-'));
});

afterEach(() => {
  rmSync(cache, { recursive: true });
});

/** Any program that tells its version is PostgreSQL enough for the name of an archive. */
function templateOf(...initdbArguments: readonly string[]): ClusterTemplate {
  const template = clusterTemplate(process.execPath, initdbArguments, () => cache);
  if (template === null) throw new Error('no template');
  return template;
}

const packing = (content: string, isWhole = true) => {
  return (archive: number): Promise<boolean> => {
    writeSync(archive, content);
    return Promise.resolve(isWhole);
  };
};

/** What is unpacked; null when there is nothing to unpack. */
async function unpacked(template: ClusterTemplate, isWhole = true): Promise<string | null> {
  let content: string | null = null;
  const isUsed = await template.use((archive) => {
    content = readFileSync(archive, 'utf8');
    return Promise.resolve(isWhole);
  });
  expect(isUsed).toBe(content !== null && isWhole);
  return content;
}

describe('a template', () => {
  test('is there once it was made, for the same arguments, and for this user alone', async () => {
    expect(await unpacked(templateOf('--a'))).toBeNull();
    await templateOf('--a').make(packing('files'));
    expect(await unpacked(templateOf('--a'))).toBe('files');
    expect(await unpacked(templateOf('--b'))).toBeNull();
    const [name] = readdirSync(cache) as [string];
    expect(statSync(join(cache, name)).mode & 0o777).toBe(0o600);
  });

  test('that was not packed to the end is not kept, and leaves nothing', async () => {
    await templateOf().make(packing('half', false));
    await templateOf().make(() => Promise.reject(new Error('no tar')));
    expect(readdirSync(cache)).toEqual([]);
  });

  test('that cannot be unpacked is gone for the next', async () => {
    await templateOf().make(packing('damaged'));
    expect(await unpacked(templateOf(), false)).toBe('damaged');
    expect(await unpacked(templateOf())).toBeNull();
  });

  test('made by several at once is that of the first, and stays', async () => {
    await templateOf().make(async (archive) => {
      writeSync(archive, 'late');
      await templateOf().make(packing('first'));
      return true;
    });
    expect(await unpacked(templateOf())).toBe('first');
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test('that nobody used for long goes when another is made, and so does what was left unfinished', async () => {
    const aged = (name: string, ageDays: number): string => {
      const path = join(cache, name);
      writeFileSync(path, '');
      const then = new Date(Date.now() - ageDays * dayMs);
      utimesSync(path, then, then);
      return name;
    };
    aged('old.cluster.tar', 31);
    aged('left.cluster.tar.1.unfinished', 2);
    const kept = [
      aged('young.cluster.tar', 29),
      aged('current.cluster.tar.2.unfinished', 0),
      aged('postgres-18.4.0-linux-x64', 99),
    ];
    await templateOf().make(packing('files'));
    expect(readdirSync(cache)).toEqual(expect.arrayContaining(kept));
    expect(readdirSync(cache)).toHaveLength(kept.length + 1);
  });

  test('in a folder that cannot be written is not made, and nothing fails', async () => {
    const template = clusterTemplate(process.execPath, [], () => join(cache, 'not', 'there'));
    await template?.make(packing('files'));
    expect(await template?.use(() => Promise.resolve(true))).toBe(false);
    const none = clusterTemplate(process.execPath, [], () => {
      throw new Error('no such folder');
    });
    expect(none).toBeNull();
  });
});
