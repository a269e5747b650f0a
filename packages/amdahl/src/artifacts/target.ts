export interface TargetArtifact {
  readonly url: string;
  /** Command that started the app; null when it was already running. */
  readonly command: string | null;
  readonly cwd: string;
  /** From the command's start to the first good reply. */
  readonly readyAfterMs: number | null;
  readonly machine: {
    readonly cpuModel: string;
    readonly cpuCount: number;
    readonly memoryBytes: number;
    readonly platform: string;
    readonly nodeVersion: string;
  };
  /** Whether a database was given, and what it calls itself. Never the password. */
  readonly database: {
    readonly name: string;
    readonly version: string;
    /** Whether it runs on `machine`; absent when that is not known. */
    readonly onMachine?: boolean;
  } | null;
}
