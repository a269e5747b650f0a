import { loadArtifacts, openRecording } from '../../src/artifacts/recording.ts';

/**
 * The exit code expected of a run: 3 when its verdict is void, which no test can rule out on a busy
 * machine.
 */
export async function orVoid(exitCode: number, recording: string): Promise<number> {
  const { load } = await loadArtifacts(await openRecording(recording));
  return load.status === 'ok' && load.value.verdict.kind === 'void' ? 3 : exitCode;
}
