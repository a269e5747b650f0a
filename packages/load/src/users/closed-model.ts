import type { ClosedPlan } from '../schedule/plan.ts';
import type { CreateUser, Model, Share } from './model.ts';
import type { UserContext } from './session.ts';
import { onTime, type VirtualUser } from './virtual-user.ts';

/**
 * The closed model: a fixed number of users, each of whom waits for a task to be over, thinks, and
 * goes on with the next. Users start evenly over the ramp-up.
 */
export class ClosedModel implements Model {
  readonly #context: UserContext;
  readonly #plan: ClosedPlan;
  readonly #share: Share;
  readonly #createUser: CreateUser;
  readonly #users: VirtualUser[] = [];

  constructor(context: UserContext, plan: ClosedPlan, share: Share, createUser: CreateUser) {
    this.#context = context;
    this.#plan = plan;
    this.#share = share;
    this.#createUser = createUser;
  }

  start(startMs: number): void {
    const { users, rampUpMs } = this.#plan;
    for (let index = this.#share.index; index < users; index += this.#share.of) {
      const user = this.#createUser(index, this);
      this.#users.push(user);
      this.#performAt(user, startMs + (rampUpMs * index) / users);
    }
  }

  over(user: VirtualUser): void {
    const nowMs = this.#context.nowMs();
    if (this.#context.recorder.isOver(nowMs)) return;
    const thinkTimeMs = user.thinkTimeMs();
    if (thinkTimeMs > 0) this.#performAt(user, nowMs + thinkTimeMs);
    else user.perform(onTime);
  }

  parked(): void {
    // The user has nothing left to do.
  }

  inFlight(): number {
    return this.#context.recorder.inFlight;
  }

  isExhausted(nowMs: number): boolean {
    return this.#context.recorder.isOver(nowMs);
  }

  unstartedArrivals(): number {
    return 0;
  }

  abandon(): void {
    for (const user of this.#users) user.abandon();
  }

  #performAt(user: VirtualUser, atMs: number): void {
    this.#context.alarms.at(atMs, () => user.perform(onTime));
  }
}
