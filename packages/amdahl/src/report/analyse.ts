import {
  loadArtifacts,
  loadSources,
  openRecording,
  saveSources,
  type Recording,
} from '../artifacts/recording.ts';
import type { ArtifactName, GatheredArtifacts } from '../artifacts/artifacts.ts';
import {
  resultSchemaVersion,
  type RunResult,
  type SourceExcerpt,
} from '../artifacts/run-result.ts';
import { audits } from '../audits/audits.ts';
import type { Finding } from '../audits/finding.ts';
import { runAudits } from '../audits/run-audits.ts';
import { rankFindings } from '../predict/rank.ts';
import { summariseRoutes } from '../predict/route-summary.ts';
import { framesOf, readSources } from './sources.ts';

/**
 * Audits and ranks a recording. The same recording gives the same result, wherever it is read; the
 * first pass, made where the app's files lie, keeps their lines in the recording for all later ones.
 *
 * @throws `AMDAHL_RECORDING_*` when the folder holds no recording that can be read
 */
export async function analyse(recordingDirectory: string): Promise<RunResult> {
  const recording = await openRecording(recordingDirectory);
  const artifacts = await loadArtifacts(recording);
  const { objectives } = recording.manifest.options;
  const outcomes = runAudits(audits, artifacts, { objectives });
  const load = artifacts.load.status === 'ok' ? artifacts.load.value : null;
  const agent = artifacts.agent.status === 'ok' ? artifacts.agent.value : null;
  const routes = load === null ? [] : summariseRoutes(load, agent, objectives);
  const findings = outcomes.flatMap((outcome) =>
    outcome.status === 'found' ? outcome.findings : [],
  );
  return {
    schemaVersion: resultSchemaVersion,
    amdahlVersion: recording.manifest.amdahlVersion,
    recordedAt: recording.manifest.createdAt,
    recording: recordingDirectory,
    interrupted: recording.manifest.state !== 'complete' || load?.result.interrupted === true,
    verdict: load?.verdict ?? null,
    routes,
    findings: rankFindings(findings, routes),
    outcomes,
    problems: problemsOf(artifacts),
    sources: await sourcesOf(recording, findings, artifacts),
    artifacts,
  };
}

function problemsOf(artifacts: GatheredArtifacts): RunResult['problems'] {
  return (Object.keys(artifacts) as ArtifactName[]).flatMap((artifact) => {
    const gathered = artifacts[artifact];
    return gathered.status === 'failed' ? [{ artifact, error: gathered.error }] : [];
  });
}

async function sourcesOf(
  recording: Recording,
  findings: readonly Finding[],
  artifacts: GatheredArtifacts,
): Promise<Readonly<Record<string, SourceExcerpt>>> {
  const kept = await loadSources(recording);
  if (Object.keys(kept).length > 0) return kept;
  const directory = artifacts.target.status === 'ok' ? artifacts.target.value.cwd : '.';
  const read = await readSources(framesOf(findings), directory);
  if (Object.keys(read).length > 0) {
    // A recording on a read-only disk is still worth reading.
    await saveSources(recording, read).catch(() => undefined);
  }
  return read;
}
