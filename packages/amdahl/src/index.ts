export * from './config.ts';
export type { RunResult } from './artifacts/run-result.ts';
