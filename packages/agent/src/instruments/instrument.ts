import type { Guard } from '../guard.ts';
import type { ModulePatch } from '../module-patches.ts';
import type { Recorder } from '../recorder.ts';

/** What an instrument works with. */
export interface Instrumentation {
  readonly recorder: Recorder;
  /** Everything the instrument does inside the app goes through its own guard. */
  readonly guard: Guard;
}

/** Watches one library or one part of Node. */
export interface Instrument {
  readonly name: string;
  /** Called once, before the app's code runs. Answers what to add to the library's modules. */
  install(instrumentation: Instrumentation): readonly ModulePatch[];
}
