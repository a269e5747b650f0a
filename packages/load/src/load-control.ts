import { loadErrors } from './load-errors.ts';
import { maxUsersLimit } from './schedule/plan.ts';

/** Changes a closed run while it goes on. Made once a run, and given to it. */
export class LoadControl {
  #listener: ((users: number) => void) | undefined;

  /**
   * From now on there are this many users: new ones start at once, those beyond finish their task.
   * Nothing happens before the start and after the end, nor in an open run.
   *
   * @throws `AMDAHL_LOAD_BAD_PROFILE` for no whole number of users from 1
   */
  setUsers(users: number): void {
    if (!(Number.isInteger(users) && users >= 1 && users <= maxUsersLimit)) {
      throw loadErrors.create('AMDAHL_LOAD_BAD_PROFILE', {
        expected: `a whole number of users from 1 to ${maxUsersLimit}`,
        found: String(users),
        next: 'Give another number of users.',
      });
    }
    this.#listener?.(users);
  }

  /** Whoever leads the run listens; undefined to stop. */
  attach(listener: ((users: number) => void) | undefined): void {
    this.#listener = listener;
  }
}
