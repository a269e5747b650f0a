/**
 * A recording: the folder a run leaves behind and everything after gathering reads. It holds
 * `recording.json` (the manifest), one `<artifact>.json` each, and `sources.json` with the lines of
 * the user's code that the findings point at.
 *
 * Every file is written beside its place and moved there, as soon as its content is known: a run
 * that crashes leaves a recording of what was measured until then.
 */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunOptions } from '../run-options.ts';
import { amdahlVersion } from '../version.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { ArtifactName, Gathered, GatheredArtifacts } from './artifacts.ts';
import { completedLocks, type OlderLocks } from './older-locks.ts';
import { artifactNames, artifactShapes, shapeProblem } from './shapes.ts';
import { withoutSecrets, type RecordedOptions } from './recorded-options.ts';
import type { SourceExcerpt } from './run-result.ts';

/** Raised when an older Amdahl could no longer read what this one writes. */
export const recordingSchemaVersion = 1;

interface RecordingManifest {
  readonly format: typeof manifestFormat;
  readonly schemaVersion: number;
  readonly amdahlVersion: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /**
   * `recording` while it is written, and for ever when the run crashed; `interrupted` when the run
   * ended early but in order.
   */
  readonly state: 'recording' | 'complete' | 'interrupted';
  /** To people who find the folder. */
  readonly note: string;
  readonly options: RecordedOptions;
  /** Artifacts in the order they came, each with its file. */
  readonly artifacts: readonly RecordedArtifact[];
}

interface RecordedArtifact {
  readonly name: ArtifactName;
  readonly file: string;
  readonly status: Gathered['status'];
}

/** An open recording. */
export interface Recording {
  readonly directory: string;
  /** What the disk holds; its own file may lack the last artifact when the disk is full. */
  manifest: RecordingManifest;
}

const manifestFormat = 'amdahl-recording';
const manifestFile = 'recording.json';
const sourcesFile = 'sources.json';
const note =
  'Recorded by Amdahl. Holds statements with real parameter values, statistics of table columns and ' +
  'lines of source code: keep it as private as the database it was measured on.';

const maskedNote =
  'Recorded by Amdahl with --mask: values of the data are hidden in statements, plans, statistics, ' +
  'locks, paths, queries and headers. Holds names of routes, lines of source code and the schema.';

/**
 * Starts a recording in a folder that is empty or does not exist yet. Only its owner may read it.
 *
 * @throws AMDAHL_RECORDING_EXISTS, AMDAHL_RECORDING_NOT_WRITTEN
 */
export async function createRecording(
  directory: string,
  options: RunOptions,
  createdAtEpochMs: number = Date.now(),
): Promise<Recording> {
  const recording: Recording = {
    directory: resolve(directory),
    manifest: {
      format: manifestFormat,
      schemaVersion: recordingSchemaVersion,
      amdahlVersion,
      createdAt: new Date(createdAtEpochMs).toISOString(),
      state: 'recording',
      note: options.mask ? maskedNote : note,
      options: withoutSecrets(options),
      artifacts: [],
    },
  };
  const files = await writing(recording, recording.directory, async () => {
    await createFolder(recording.directory);
    return readdir(recording.directory);
  });
  if (files.length > 0) {
    throw workbenchErrors.create('AMDAHL_RECORDING_EXISTS', {
      expected: 'an empty folder, or none yet, for the recording',
      found: `"${recording.directory}", which already holds files`,
      next: 'Give --out another folder, or remove this one.',
      details: { directory: recording.directory },
    });
  }
  await writeManifest(recording, recording.manifest);
  return recording;
}

/**
 * Adds one artifact, or the reason why there is none.
 *
 * @throws AMDAHL_RECORDING_NOT_WRITTEN, naming what was kept
 */
export async function saveArtifact<Name extends ArtifactName>(
  recording: Recording,
  name: Name,
  gathered: Gathered<Name>,
): Promise<void> {
  const entry = { name, file: fileOf(name), status: gathered.status };
  await writeJson(recording, entry.file, gathered);
  await writeManifest(recording, {
    ...recording.manifest,
    artifacts: [...recording.manifest.artifacts.filter((other) => other.name !== name), entry],
  });
}

/** Keeps the lines of code around each frame, by `file:line`. */
export async function saveSources(
  recording: Recording,
  sources: Readonly<Record<string, SourceExcerpt>>,
): Promise<void> {
  await writeJson(recording, sourcesFile, sources);
}

/** Says how the run ended. */
export async function finishRecording(
  recording: Recording,
  state: 'complete' | 'interrupted',
): Promise<void> {
  await writeManifest(recording, { ...recording.manifest, state });
}

/** Removes a recording that holds no artifact, so that a run that never began leaves nothing. */
export async function discardIfEmpty(recording: Recording): Promise<void> {
  if (recording.manifest.artifacts.length > 0) return;
  await rm(join(recording.directory, manifestFile), { force: true });
  await rmdir(recording.directory).catch(() => undefined);
}

/**
 * Opens a recording made here or elsewhere.
 *
 * @throws AMDAHL_RECORDING_NOT_FOUND, AMDAHL_RECORDING_NEWER, AMDAHL_RECORDING_DAMAGED
 */
export async function openRecording(directory: string): Promise<Recording> {
  const path = resolve(directory);
  let text: string;
  try {
    text = await readFile(join(path, manifestFile), 'utf8');
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_RECORDING_NOT_FOUND', {
      expected: `a recording: a folder with a ${manifestFile}`,
      found: `"${path}" without one`,
      next: 'Give the folder that `amdahl run` named at its end.',
      details: { directory: path },
      cause,
    });
  }
  const manifest = parse(path, manifestFile, text) as Partial<RecordingManifest> | null;
  if (manifest?.format !== manifestFormat || typeof manifest.schemaVersion !== 'number') {
    throw damaged(path, manifestFile, `no "format": "${manifestFormat}" with a schemaVersion`);
  }
  if (manifest.schemaVersion > recordingSchemaVersion) {
    throw workbenchErrors.create('AMDAHL_RECORDING_NEWER', {
      expected: `a recording of format ${recordingSchemaVersion} or older`,
      found: `format ${manifest.schemaVersion}, written by Amdahl ${manifest.amdahlVersion}`,
      next: 'Read it with that version of Amdahl or a later one.',
      details: { directory: path, schemaVersion: manifest.schemaVersion },
    });
  }
  const problem = shapeProblem(manifest, manifestShape);
  if (problem !== null) throw damaged(path, manifestFile, problem);
  return { directory: path, manifest: manifest as RecordingManifest };
}

/**
 * Every artifact of a recording; those a crash kept from being written are absent, with the reason.
 *
 * @throws AMDAHL_RECORDING_DAMAGED, naming the file
 */
export async function loadArtifacts(recording: Recording): Promise<GatheredArtifacts> {
  const loaded: Partial<Record<ArtifactName, Gathered>> = {};
  for (const name of artifactNames) {
    loaded[name] = await loadArtifact(recording, name);
  }
  return loaded as GatheredArtifacts;
}

/**
 * Lines of code kept with `saveSources`; none when the run ended before that.
 *
 * @throws AMDAHL_RECORDING_DAMAGED
 */
export async function loadSources(
  recording: Recording,
): Promise<Readonly<Record<string, SourceExcerpt>>> {
  let text: string;
  try {
    text = await readFile(join(recording.directory, sourcesFile), 'utf8');
  } catch {
    return {};
  }
  const sources = parse(recording.directory, sourcesFile, text);
  const problem = shapeProblem(sources, {});
  if (problem !== null) throw damaged(recording.directory, sourcesFile, problem);
  return sources as Readonly<Record<string, SourceExcerpt>>;
}

const manifestShape = {
  amdahlVersion: 'string',
  createdAt: 'string',
  state: 'string',
  options: 'object',
  artifacts: 'array',
} as const;

/** A crash may come between an artifact and its entry in the manifest: the file alone counts too. */
async function loadArtifact(recording: Recording, name: ArtifactName): Promise<Gathered> {
  const { directory, manifest } = recording;
  const file = fileOf(name);
  let text: string;
  try {
    text = await readFile(join(directory, file), 'utf8');
  } catch (cause) {
    if (!manifest.artifacts.some((artifact) => artifact.name === name)) {
      return { status: 'absent', reason: 'the run ended before it was gathered' };
    }
    throw damaged(directory, file, 'no such file, though recording.json lists it', cause);
  }
  const gathered = parse(directory, file, text) as Gathered | null;
  const problem =
    gathered?.status === 'ok'
      ? shapeProblem(gathered.value, artifactShapes[name])
      : gathered?.status === 'failed'
        ? shapeProblem(gathered.error, { code: 'string', message: 'string' })
        : gathered?.status === 'absent'
          ? null
          : 'no status of ok, failed or absent';
  if (problem !== null) throw damaged(directory, file, problem);
  if (name === 'locks' && gathered?.status === 'ok') {
    return { status: 'ok', value: completedLocks(gathered.value as OlderLocks) };
  }
  return gathered as Gathered;
}

function fileOf(name: ArtifactName): string {
  return `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.json`;
}

function parse(directory: string, file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(directory, file, `text that is no JSON (${text.length} characters)`, cause);
  }
}

function damaged(directory: string, file: string, found: string, cause?: unknown): Error {
  return workbenchErrors.create('AMDAHL_RECORDING_DAMAGED', {
    expected: `"${join(directory, file)}" as Amdahl wrote it`,
    found,
    next: 'Restore the file from where the recording was copied, or measure again.',
    details: { directory, file },
    cause,
  });
}

/**
 * Like `mkdir` with `recursive`, which never returns where a file system allows no folder at all,
 * such as below /proc.
 */
async function createFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error;
    await createFolder(dirname(directory));
    await mkdir(directory, { mode: 0o700 });
  }
}

async function writeManifest(recording: Recording, manifest: RecordingManifest): Promise<void> {
  recording.manifest = manifest;
  await writeJson(recording, manifestFile, manifest);
}

async function writeJson(recording: Recording, file: string, value: unknown): Promise<void> {
  const path = join(recording.directory, file);
  const temporary = `${path}.tmp`;
  await writing(recording, path, async () => {
    try {
      // Indented for people where it is short: the manifest.
      const text = JSON.stringify(value, null, file === manifestFile ? 2 : 0);
      await writeFile(temporary, `${text}\n`, { mode: 0o600 });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/** Turns a failure to write into the error that says what was kept. */
async function writing<Result>(
  recording: Recording,
  path: string,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    const kept = recording.manifest.artifacts.map((artifact) => artifact.name);
    throw workbenchErrors.create('AMDAHL_RECORDING_NOT_WRITTEN', {
      expected: `room and permission to write "${path}"`,
      found: `${(cause as Error).message}; ${kept.length === 0 ? 'nothing was kept' : `kept: ${kept.join(', ')}`}`,
      next: 'Free some space, or give --out a folder on another disk.',
      details: { directory: recording.directory, path, kept },
      cause,
    });
  }
}
