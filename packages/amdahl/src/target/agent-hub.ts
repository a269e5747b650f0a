import type {
  AgentSnapshot,
  CpuProfile,
  ProcessFacts,
  RuntimeSample,
} from '@amdahl/agent/protocol';

/** The workbench's end of the agents' socket: one for all processes of the app. */
export interface AgentHub {
  /** Environment the app must be started with for its processes to find the hub. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes connected now. */
  processes(): readonly ProcessFacts[];
  /** Ports the app's processes listen on, as far as they said. */
  listening(): readonly ListeningApp[];
  onSample(listener: (pid: number, sample: RuntimeSample) => void): void;
  /** Starts a window in every process. */
  begin(): void;
  /** Aggregates of every process since `begin`; of a process that died, the last ones it sent. */
  collect(timeoutMs?: number): Promise<readonly AgentSnapshot[]>;
  profile(
    durationMs: number,
    intervalUs: number,
  ): Promise<readonly { readonly pid: number; readonly profile: CpuProfile }[]>;
  close(): Promise<void>;
}

export interface ListeningApp {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

/** The hub of an app that is measured from outside only: no process ever connects. */
export const noAgents: AgentHub = {
  environment: {},
  processes: () => [],
  listening: () => [],
  onSample: () => undefined,
  begin: () => undefined,
  collect: () => Promise.resolve([]),
  profile: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};
