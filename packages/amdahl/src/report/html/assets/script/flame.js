// @ts-check
/**
 * The flame graph: each function a button as wide as its share of the time, below the one that
 * called it. A click zooms in; arrow keys walk the tree; a search marks frames by name or file.
 *
 * @typedef {'app' | 'library' | 'node' | 'engine'} Kind
 * @typedef {{ name: string, place: string, kind: Kind, us: number, children: Frame[] }} Frame
 */

const rowHeight = 21;
/** Frames narrower than this share of the view cannot be seen or hit. */
const leastShare = 0.0015;

for (const figure of document.querySelectorAll('.flame-figure')) {
  const island = figure.querySelector('.flame-data');
  const flame = figure.querySelector('.flame');
  if (island && flame instanceof HTMLElement) draw(flame, JSON.parse(island.textContent));
}

/**
 * @param {HTMLElement} flame
 * @param {Frame} whole
 */
function draw(flame, whole) {
  const graph = /** @type {HTMLElement} */ (flame.querySelector('.flame-graph'));
  const readout = /** @type {HTMLElement} */ (flame.querySelector('.flame-readout'));
  const search = /** @type {HTMLInputElement} */ (flame.querySelector('input'));
  const reset = /** @type {HTMLButtonElement} */ (flame.querySelector('.flame-reset'));
  const parents = parentsOf(whole);
  /** @type {Map<Frame, HTMLButtonElement>} */
  let buttons = new Map();
  let zoomed = whole;
  let current = whole;

  /** @param {Frame} frame */
  const zoom = (frame) => {
    zoomed = frame;
    buttons = new Map();
    const above = pathTo(frame, parents);
    for (const [depth, ancestor] of above.entries()) add(ancestor, depth, 0, 1, ancestor !== frame);
    const depth = addChildren(frame, above.length, 0);
    graph.replaceChildren(...buttons.values());
    graph.style.height = `${depth * rowHeight}px`;
    reset.disabled = frame === whole;
    focusable(frame);
    mark();
  };

  /**
   * @param {Frame} frame
   * @param {number} depth
   * @param {number} from
   * @param {number} share
   * @param {boolean} isAbove
   */
  const add = (frame, depth, from, share, isAbove = false) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `frame flame-${frame.kind}${isAbove ? ' above' : ''}`;
    button.style.left = `${from * 100}%`;
    button.style.width = `${share * 100}%`;
    button.style.top = `${depth * rowHeight}px`;
    button.tabIndex = -1;
    button.textContent = frame.name;
    button.setAttribute('aria-label', describe(frame));
    button.addEventListener('click', () => {
      zoom(frame);
      focus(frame);
    });
    button.addEventListener('pointerenter', () => say(frame));
    button.addEventListener('focus', () => {
      focusable(frame);
      say(frame);
    });
    buttons.set(frame, button);
  };

  /**
   * @param {Frame} frame
   * @param {number} depth
   * @param {number} from
   * @returns {number} rows used
   */
  const addChildren = (frame, depth, from) => {
    let deepest = depth;
    for (const child of frame.children) {
      const share = child.us / zoomed.us;
      if (share < leastShare) continue;
      add(child, depth, from, share);
      deepest = Math.max(deepest, addChildren(child, depth + 1, from));
      from += share;
    }
    return Math.max(deepest, depth);
  };

  /** @param {Frame} frame */
  const focusable = (frame) => {
    const before = buttons.get(current);
    if (before) before.tabIndex = -1;
    current = frame;
    const after = buttons.get(frame);
    if (after) after.tabIndex = 0;
  };

  /** @param {Frame | undefined} frame */
  const focus = (frame) => {
    if (frame) buttons.get(frame)?.focus();
  };

  /** @param {Frame} frame */
  const describe = (frame) => {
    const share = ((frame.us / whole.us) * 100).toPrecision(3);
    const place = frame.place === '' ? '' : `, ${frame.place}`;
    return `${frame.name}${place}: ${share} %, ${(frame.us / 1000).toPrecision(3)} ms`;
  };

  /** @param {Frame} frame */
  const say = (frame) => {
    readout.textContent = describe(frame);
  };

  const mark = () => {
    const words = search.value.trim().toLowerCase();
    graph.classList.toggle('searching', words !== '');
    for (const [frame, button] of buttons) {
      button.classList.toggle('found', words !== '' && matches(frame, words));
    }
    if (words !== '') {
      const share = (foundUs(whole, words) / whole.us) * 100;
      readout.textContent = `“${search.value.trim()}”: ${share.toPrecision(3)} % of the time`;
    }
  };

  graph.addEventListener('keydown', (event) => {
    const parent = parents.get(current);
    const row = [...buttons.keys()].filter(
      (frame) => buttons.get(frame)?.style.top === buttons.get(current)?.style.top,
    );
    const at = row.indexOf(current);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowUp: () => focus(parent),
      ArrowDown: () => focus(current.children[0]),
      ArrowLeft: () => focus(row[at - 1]),
      ArrowRight: () => focus(row[at + 1]),
      Home: () => focus(whole),
      Escape: () => {
        zoom(whole);
        focus(whole);
      },
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  reset.addEventListener('click', () => zoom(whole));
  search.addEventListener('input', mark);
  flame.hidden = false;
  zoom(whole);
}

/**
 * @param {Frame} frame
 * @param {string} words
 */
function matches(frame, words) {
  return frame.name.toLowerCase().includes(words) || frame.place.toLowerCase().includes(words);
}

/**
 * Time under frames that match, a match within a match counted once.
 *
 * @param {Frame} frame
 * @param {string} words
 * @returns {number}
 */
function foundUs(frame, words) {
  if (matches(frame, words)) return frame.us;
  return frame.children.reduce((sum, child) => sum + foundUs(child, words), 0);
}

/**
 * @param {Frame} whole
 * @returns {Map<Frame, Frame>}
 */
function parentsOf(whole) {
  const parents = new Map();
  const pending = [whole];
  for (let frame = pending.pop(); frame; frame = pending.pop()) {
    for (const child of frame.children) {
      parents.set(child, frame);
      pending.push(child);
    }
  }
  return parents;
}

/**
 * From the root down to the frame, itself included.
 *
 * @param {Frame} frame
 * @param {Map<Frame, Frame>} parents
 */
function pathTo(frame, parents) {
  const path = [frame];
  for (let above = parents.get(frame); above; above = parents.get(above)) path.unshift(above);
  return path;
}
