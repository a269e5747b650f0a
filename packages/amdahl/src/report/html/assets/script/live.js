/** The live page of a load run: shows what the server sends, sends what the person asks for. */

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const start = /** @type {HTMLButtonElement} */ (part('start'));
const stop = /** @type {HTMLButtonElement} */ (part('stop'));
/** Not there where a rate decides. */
const slider = /** @type {HTMLInputElement | null} */ (document.getElementById('slider'));
const users = /** @type {HTMLInputElement | null} */ (document.getElementById('users'));

/** @param {string} action @param {object} body */
const post = (action, body = {}) => {
  void fetch(action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
};

start.addEventListener('click', () => post('start'));
stop.addEventListener('click', () => post('stop'));
part('close').addEventListener('click', () => post('close'));

/** @param {HTMLInputElement | null} from @param {HTMLInputElement | null} to */
const setUsers = (from, to) => {
  const count = Number(from?.value);
  if (to !== null) to.value = String(count);
  if (Number.isInteger(count) && count >= 1) post('users', { users: count });
};
slider?.addEventListener('input', () => setUsers(slider, users));
users?.addEventListener('change', () => setUsers(users, slider));
// The form has nowhere to be sent.
start.form?.addEventListener('submit', (event) => event.preventDefault());

const events = new EventSource('events');
events.addEventListener('message', ({ data }) => {
  const update = JSON.parse(data);
  const running = update.state === 'running' || update.state === 'stopping';
  start.disabled = running;
  stop.disabled = update.state !== 'running';
  part('status').textContent = update.status;
  part('download').hidden = !update.hasResult || running;
  part('live').innerHTML = update.html;
  const focused = document.activeElement;
  if (users !== null && slider !== null && focused !== users && focused !== slider) {
    users.value = update.users;
    slider.value = update.users;
  }
});
events.addEventListener('error', () => {
  part('status').textContent = 'Amdahl has ended.';
  start.disabled = true;
  stop.disabled = true;
});
