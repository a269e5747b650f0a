import type { CreateUser, Model, Share } from './model.ts';
import type { UserContext } from './session.ts';
import type { VirtualUser } from './virtual-user.ts';

/** Intended times in milliseconds from the schedule's start, in order. */
type Schedule = Iterator<number, void>;

/**
 * The open model: tasks start on a schedule, whatever the replies do. Each arrival takes a free
 * user, or a fresh one while there are fewer than the limit, or waits for one. Arrivals that wait
 * stay in the schedule, which is an iterator, so a backlog of any length takes no memory.
 */
export class OpenModel implements Model {
  readonly #context: UserContext;
  readonly #share: Share;
  readonly #maxUsers: number;
  readonly #createUser: CreateUser;
  readonly #arrivals: Schedule;
  /** Walks with the clock, to tell how many arrivals are due. */
  readonly #due: Schedule;
  readonly #users: VirtualUser[] = [];
  /** Users without a task, the one used last at the end: its connection is the warmest. */
  readonly #free: VirtualUser[] = [];
  #startMs = 0;
  /** When the next arrival to be started is due; infinity after the last. */
  #nextMs = Number.POSITIVE_INFINITY;
  #nextDueMs = Number.POSITIVE_INFINITY;
  /** Whether arrivals wait for a user. */
  #starved = false;
  #dueCount = 0;
  #overCount = 0;
  #parkedCount = 0;

  /** `schedule` yields this worker's arrivals from the first, each time it is called. */
  constructor(
    context: UserContext,
    maxUsers: number,
    share: Share,
    schedule: () => Schedule,
    createUser: CreateUser,
  ) {
    this.#context = context;
    this.#maxUsers = Math.ceil((maxUsers - share.index) / share.of);
    this.#share = share;
    this.#createUser = createUser;
    this.#arrivals = schedule();
    this.#due = schedule();
  }

  start(startMs: number): void {
    this.#startMs = startMs;
    this.#nextMs = this.#take(this.#arrivals);
    this.#nextDueMs = this.#take(this.#due);
    this.#awaitNext();
  }

  setUsers(): void {
    // The schedule decides how much load there is.
  }

  over(user: VirtualUser): void {
    this.#overCount += 1;
    this.#free.push(user);
    if (this.#starved) this.#startDue();
  }

  parked(): void {
    this.#parkedCount += 1;
    if (this.#starved) this.#startDue();
  }

  inFlight(nowMs: number): number {
    for (; this.#nextDueMs <= nowMs; this.#nextDueMs = this.#take(this.#due)) this.#dueCount += 1;
    return this.#dueCount - this.#overCount - this.#parkedCount;
  }

  isExhausted(): boolean {
    return this.#context.recorder.isOver(this.#nextMs);
  }

  unstartedArrivals(nowMs: number): number {
    const { recorder } = this.#context;
    let count = 0;
    let nextMs = this.#nextMs;
    for (; nextMs <= nowMs && !recorder.isOver(nextMs); nextMs = this.#take(this.#arrivals)) {
      if (nextMs >= recorder.time.fromMs) count += 1;
    }
    this.#nextMs = nextMs;
    return count;
  }

  abandon(): void {
    for (const user of this.#users) user.abandon();
  }

  /** Starts all arrivals that are due, as far as there are users. */
  #startDue(): void {
    const { recorder } = this.#context;
    let nowMs = this.#context.nowMs();
    while (this.#nextMs <= nowMs) {
      const dueMs = this.#nextMs;
      const user = recorder.isOver(dueMs) ? undefined : this.#takeUser();
      if (user === undefined) {
        this.#starved = true;
        return;
      }
      this.#nextMs = this.#take(this.#arrivals);
      const slipMs = nowMs - dueMs;
      if (dueMs >= recorder.time.fromMs) recorder.userWait.record(this.#starved ? slipMs * 1e3 : 0);
      user.perform({ slipMs, lagMs: this.#starved ? 0 : slipMs, readMs: nowMs });
      nowMs = this.#context.nowMs();
    }
    this.#starved = false;
    this.#awaitNext();
  }

  #awaitNext(): void {
    if (this.#nextMs === Number.POSITIVE_INFINITY) return;
    this.#context.alarms.at(this.#nextMs, () => this.#startDue());
  }

  #takeUser(): VirtualUser | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    // A parked user keeps its task, and its place goes to another.
    if (this.#users.length - this.#parkedCount >= this.#maxUsers) return undefined;
    const user = this.#createUser(this.#share.index + this.#users.length * this.#share.of, this);
    this.#users.push(user);
    return user;
  }

  #take(schedule: Schedule): number {
    const next = schedule.next();
    return next.done === true ? Number.POSITIVE_INFINITY : this.#startMs + next.value;
  }
}
