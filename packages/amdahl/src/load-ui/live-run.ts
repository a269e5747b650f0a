import {
  LoadControl,
  type LoadOptions,
  type LoadProfile,
  type LoadProgress,
  type LoadSecond,
} from '@amdahl/load';
import type { LoadRun } from '../load-outputs/load-run.ts';

/** Seconds kept for the charts; of a longer run the last ones are shown. */
const shownSeconds = 600;

export type LiveState = 'idle' | 'running' | 'stopping' | 'ended' | 'failed';

/** Runs a load again and again, as the page asks for it, and knows how the present one goes. */
export class LiveRun {
  state: LiveState = 'idle';
  /** Users asked for. */
  users: number;
  /** Whether the number of users can be changed: not where a rate decides. */
  readonly hasUsers: boolean;
  progress: LoadProgress | undefined;
  last: LoadRun | undefined;
  failure: unknown;
  #seconds: LoadSecond[] = [];
  readonly #profile: LoadProfile;
  readonly #run: (options: Partial<LoadOptions>) => Promise<LoadRun>;
  readonly #onChange: () => void;
  #control = new LoadControl();
  #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  constructor(
    profile: LoadProfile,
    run: (options: Partial<LoadOptions>) => Promise<LoadRun>,
    onChange: () => void,
  ) {
    this.#profile = profile;
    this.#run = run;
    this.#onChange = onChange;
    this.hasUsers = profile.model === 'closed';
    this.users = profile.model === 'closed' ? profile.users : 0;
  }

  get seconds(): readonly LoadSecond[] {
    return this.#seconds;
  }

  get isRunning(): boolean {
    return this.state === 'running' || this.state === 'stopping';
  }

  start(): void {
    if (this.isRunning) return;
    this.state = 'running';
    this.failure = undefined;
    this.progress = undefined;
    this.#seconds = [];
    this.#control = new LoadControl();
    this.#stop = new AbortController();
    const profile: LoadProfile =
      this.#profile.model === 'closed' ? { ...this.#profile, users: this.users } : this.#profile;
    this.#over = this.#follow({
      profile,
      control: this.#control,
      signal: this.#stop.signal,
      onProgress: (progress) => {
        this.progress = progress;
        this.#onChange();
      },
      onSecond: ({ second }) => {
        this.#seconds.push(second);
        if (this.#seconds.length > shownSeconds) this.#seconds.shift();
      },
    });
    this.#onChange();
  }

  async #follow(options: Partial<LoadOptions>): Promise<void> {
    try {
      this.last = await this.#run(options);
      this.state = 'ended';
    } catch (error) {
      this.failure = error;
      this.state = 'failed';
    }
    this.#onChange();
  }

  /** Ends the run; resolves when it is over. */
  stop(): Promise<void> {
    if (this.state === 'running') {
      this.state = 'stopping';
      this.#stop.abort();
      this.#onChange();
    }
    return this.#over;
  }

  /** @throws `AMDAHL_LOAD_BAD_PROFILE` for no number of users */
  setUsers(users: number): void {
    this.#control.setUsers(users);
    this.users = users;
    this.#onChange();
  }
}
