/**
 * The arrows of the house: who may import whom. ARCHITECTURE.md explains them.
 */
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  importsIn,
  isBuiltin,
  isRelative,
  packageOf,
  root,
  targetOf,
  workspaceAt,
  workspaces,
  type Import,
  type Workspace,
} from './support/workspaces.ts';

/** Packages of the workbench, each with those it may import. Every other package is a building block. */
const workbench: Readonly<Record<string, readonly string[]>> = {
  '@amdahl/metrics': [],
  '@amdahl/load': ['@amdahl/metrics'],
  '@amdahl/agent': ['@amdahl/metrics'],
  amdahl: ['@amdahl/metrics', '@amdahl/load', '@amdahl/agent'],
};

const names = new Set(workspaces.map((workspace) => workspace.name));
const packages = workspaces.filter((workspace) =>
  relative(root, workspace.directory).startsWith(`packages${sep}`),
);

const srcOf = (workspace: Workspace): readonly Import[] =>
  importsIn(join(workspace.directory, 'src'));

const show = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;

const bare = (imports: readonly Import[]): readonly Import[] =>
  imports.filter(({ specifier }) => !isRelative(specifier) && !isBuiltin(specifier));

test('every workspace is looked at', () => {
  expect(names).toContain('amdahl');
  expect(names).toContain('shop');
  expect(
    srcOf(workspaces.find(({ name }) => name === 'amdahl') as Workspace).length,
  ).toBeGreaterThan(50);
});

describe.each(packages)('$name', (workspace) => {
  const allowed = workbench[workspace.name] ?? [];

  test('imports only what the arrows allow', () => {
    const forbidden = bare(srcOf(workspace)).filter(({ specifier }) => {
      const name = packageOf(specifier);
      return names.has(name) && name !== workspace.name && !allowed.includes(name);
    });
    expect(forbidden.map(show)).toEqual([]);
  });

  test('declares what its sources import', () => {
    const undeclared = bare(srcOf(workspace)).filter(({ specifier }) => {
      const name = packageOf(specifier);
      return name !== workspace.name && workspace.dependencies[name] === undefined;
    });
    expect(undeclared.map(show)).toEqual([]);
  });

  test('asks for its neighbours in the version they have', () => {
    for (const { name, version } of packages) {
      const asked = workspace.dependencies[name] ?? workspace.devDependencies[name];
      expect(asked ?? version, `${workspace.name} asks for ${name}`).toBe(version);
    }
  });

  test('declares no neighbour the arrows forbid', () => {
    const declared = Object.keys(workspace.dependencies).filter((name) => names.has(name));
    expect(declared.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe.each(workspaces)('the folder of $name', (workspace) => {
  test('reaches into no other folder by a relative path', () => {
    const escaping = importsIn(workspace.directory).filter(
      (each) =>
        isRelative(each.specifier) &&
        relative(workspace.directory, targetOf(each)).startsWith('..'),
    );
    expect(escaping.map(show)).toEqual([]);
  });

  test('pins every dependency to one version', () => {
    const ranges = Object.entries({
      ...workspace.dependencies,
      ...workspace.devDependencies,
    }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(ranges).toEqual([]);
  });

  test('declares what its tests and scripts import', () => {
    const known = {
      ...workspaceAt(root).devDependencies,
      ...workspace.devDependencies,
      ...workspace.dependencies,
    };
    const undeclared = bare(importsIn(workspace.directory)).filter(({ specifier }) => {
      const name = packageOf(specifier);
      return name !== workspace.name && known[name] === undefined;
    });
    expect(undeclared.map(show)).toEqual([]);
  });
});

describe('the shop', () => {
  const shop = workspaces.find(({ name }) => name === 'shop') as Workspace;

  test('measures nothing of itself: its sources know of the workbench only the database it embeds', () => {
    const used = bare(srcOf(shop)).filter(({ specifier }) => names.has(packageOf(specifier)));
    expect(used.filter(({ specifier }) => specifier !== 'amdahl/lab').map(show)).toEqual([]);
  });
});

describe('the pipeline', () => {
  const src = join(root, 'packages', 'amdahl', 'src');

  /** Folders of `packages/amdahl/src` that a folder must not import. */
  const forbidden: Readonly<Record<string, readonly string[]>> = {
    audits: ['target', 'gather', 'lab', 'report', 'prove', 'commands'],
    predict: ['target', 'gather', 'lab', 'report', 'prove', 'commands'],
    artifacts: ['gather', 'lab', 'report', 'prove', 'commands'],
    report: ['target', 'gather', 'lab', 'commands'],
    target: ['gather', 'audits', 'predict', 'report', 'prove', 'commands'],
    gather: ['report', 'prove', 'commands'],
    lab: ['gather', 'audits', 'predict', 'report', 'prove', 'commands'],
  };

  test.each(Object.keys(forbidden))('%s imports nothing from later or other rooms', (folder) => {
    const crossing = importsIn(join(src, folder)).filter((each) => {
      if (!isRelative(each.specifier)) return false;
      const [room = ''] = relative(src, targetOf(each)).split(sep);
      return forbidden[folder]?.includes(room);
    });
    expect(crossing.map(show)).toEqual([]);
  });

  const pureModules = new Set(['node:crypto', 'node:path', 'node:url', 'node:util']);

  test.each(['audits', 'predict'])('%s reads neither clock, disk nor network', (folder) => {
    const impure = importsIn(join(src, folder)).filter(
      ({ specifier }) => isBuiltin(specifier) && !pureModules.has(specifier),
    );
    expect(impure.map(show)).toEqual([]);
  });
});
