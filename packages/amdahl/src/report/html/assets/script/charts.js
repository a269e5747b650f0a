// @ts-check
/**
 * Values under the pointer. Every chart carries its points as text; moving over it shows the ones
 * nearest in time beside the names of the lines.
 *
 * @typedef {{ fromMs: number, untilMs: number, lines: [atMs: number, value: string][][] }} ChartData
 */

for (const chart of document.querySelectorAll('.chart')) {
  const island = chart.querySelector('.chart-data');
  const canvas = chart.querySelector('.canvas');
  const cursor = chart.querySelector('.cursor');
  if (island && canvas instanceof HTMLElement && cursor instanceof HTMLElement) {
    follow(canvas, cursor, [...chart.querySelectorAll('output')], JSON.parse(island.textContent));
  }
}

/**
 * @param {HTMLElement} canvas
 * @param {HTMLElement} cursor
 * @param {HTMLOutputElement[]} outputs one a line
 * @param {ChartData} data
 */
function follow(canvas, cursor, outputs, { fromMs, untilMs, lines }) {
  canvas.addEventListener('pointermove', (event) => {
    const { left, width } = canvas.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const atMs = fromMs + share * (untilMs - fromMs);
    cursor.hidden = false;
    cursor.style.left = `${share * 100}%`;
    for (const [index, output] of outputs.entries()) {
      output.textContent = nearest(lines[index] ?? [], atMs);
    }
  });
  canvas.addEventListener('pointerleave', () => {
    cursor.hidden = true;
    for (const output of outputs) output.textContent = '';
  });
}

/**
 * @param {[atMs: number, value: string][]} points
 * @param {number} atMs
 */
function nearest(points, atMs) {
  let best = points[0];
  for (const point of points) {
    if (best === undefined || Math.abs(point[0] - atMs) < Math.abs(best[0] - atMs)) best = point;
  }
  return best === undefined ? '' : best[1];
}
