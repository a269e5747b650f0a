export * from './judge.ts';
export * from './load-errors.ts';
export * from './profile.ts';
export { seededRandom, type Random } from '@amdahl/metrics';
export * from './result.ts';
export * from './run-load.ts';
export * from './script.ts';
export * from './think-time.ts';
export * from './verdict.ts';
