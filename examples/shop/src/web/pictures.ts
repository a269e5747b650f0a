import { encodePng } from './png.ts';

/**
 * The pictures of the twelve categories, drawn from a few shapes each. A shape is given in units of
 * the picture's height around its centre, y downwards, and tells how far a point is outside of it.
 */
type Shape = (x: number, y: number) => number;

interface Part {
  readonly shape: Shape;
  /** Lightness, 0..1; the hue is the picture's. */
  readonly lightness: number;
}

const box =
  (cx: number, cy: number, width: number, height: number, radius = 0.01): Shape =>
  (x, y) => {
    const dx = Math.abs(x - cx) - width / 2 + radius;
    const dy = Math.abs(y - cy) - height / 2 + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };

const ellipse =
  (cx: number, cy: number, rx: number, ry: number): Shape =>
  (x, y) =>
    (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1) * Math.min(rx, ry);

/** A bowl, a shade, a pot: `top` and `bottom` are widths. */
const taper =
  (cx: number, cy: number, top: number, bottom: number, height: number): Shape =>
  (x, y) => {
    const t = (y - cy) / height + 0.5;
    const halfWidth = (top + (bottom - top) * Math.min(1, Math.max(0, t))) / 2;
    return Math.max(Math.abs(x - cx) - halfWidth, Math.abs(y - cy) - height / 2);
  };

const ring =
  (shape: Shape, thickness: number): Shape =>
  (x, y) =>
    Math.abs(shape(x, y)) - thickness / 2;

const part = (lightness: number, shape: Shape): Part => ({ lightness, shape });

/** In the order of the categories' ids. */
const drawings: readonly (readonly Part[])[] = [
  [
    part(0.32, box(0, 0.08, 0.025, 0.44)),
    part(0.3, box(0, 0.31, 0.26, 0.03)),
    part(0.8, taper(0, -0.18, 0.2, 0.42, 0.24)),
  ],
  [
    part(0.36, box(-0.16, 0.2, 0.03, 0.24)),
    part(0.36, box(0.16, 0.2, 0.03, 0.24)),
    part(0.5, box(0, 0.07, 0.4, 0.06, 0.03)),
    part(0.44, box(-0.17, -0.12, 0.05, 0.36, 0.02)),
  ],
  [
    part(0.36, box(-0.3, 0.14, 0.03, 0.36)),
    part(0.36, box(0.3, 0.14, 0.03, 0.36)),
    part(0.55, box(0, -0.05, 0.74, 0.05)),
  ],
  [
    part(0.42, box(0, 0.02, 0.5, 0.6, 0.02)),
    part(0.72, box(0, -0.16, 0.44, 0.16)),
    part(0.66, box(0, 0.03, 0.44, 0.16)),
    part(0.6, box(0, 0.22, 0.44, 0.16)),
  ],
  [
    part(0.34, ring(ellipse(0.22, 0.06, 0.12, 0.14), 0.035)),
    part(0.56, taper(0, 0.1, 0.3, 0.44, 0.4)),
    part(0.4, box(0, -0.12, 0.32, 0.04, 0.02)),
    part(0.3, ellipse(0, -0.17, 0.035, 0.035)),
  ],
  [part(0.78, ellipse(0, 0.02, 0.34, 0.06)), part(0.58, taper(0, 0.14, 0.68, 0.26, 0.24))],
  [
    part(0.6, box(0, 0.16, 0.62, 0.2, 0.08)),
    part(0.74, box(0, 0.0, 0.54, 0.18, 0.08)),
    part(0.5, box(0, -0.14, 0.46, 0.14, 0.06)),
  ],
  [part(0.4, ellipse(0, -0.02, 0.28, 0.32)), part(0.86, ellipse(0, -0.02, 0.25, 0.29))],
  [
    part(0.38, ellipse(-0.09, -0.16, 0.07, 0.2)),
    part(0.46, ellipse(0.1, -0.14, 0.08, 0.18)),
    part(0.42, ellipse(0, -0.2, 0.07, 0.22)),
    part(0.66, taper(0, 0.16, 0.42, 0.3, 0.32)),
  ],
  [
    part(0.5, box(0, 0.0, 0.46, 0.6, 0.02)),
    part(0.88, box(0.02, 0.0, 0.4, 0.56)),
    part(0.4, box(-0.2, 0.0, 0.05, 0.6, 0.02)),
  ],
  [
    part(0.62, ellipse(0, 0.14, 0.18, 0.2)),
    part(0.62, taper(0, -0.1, 0.14, 0.1, 0.26)),
    part(0.5, box(0, -0.23, 0.17, 0.03, 0.015)),
  ],
  [
    part(0.4, box(-0.36, 0.02, 0.05, 0.44, 0.02)),
    part(0.74, box(0, 0.14, 0.7, 0.16, 0.04)),
    part(0.86, box(-0.22, 0.02, 0.2, 0.1, 0.05)),
    part(0.4, box(0.36, 0.12, 0.05, 0.24, 0.02)),
  ],
];

/** Raise when the drawings change, so that browsers ask for them again. */
export const picturesVersion = '1';
export const pictureCount = drawings.length;
const width = 640;
const height = 480;

/** Draws the picture of one category, from 1, as a PNG. */
export function drawPicture(categoryId: number): Promise<Buffer> {
  const parts = drawings[categoryId - 1] ?? [];
  const hue = (categoryId * 137) % 360;
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const y = row / height - 0.5;
    for (let column = 0; column < width; column += 1) {
      const x = (column - width / 2) / height;
      let lightness = y > 0.32 ? 0.83 : 0.95 - 0.06 * (y + 0.5);
      for (const { shape, lightness: painted } of parts) {
        // One pixel of blending at the edge.
        const cover = Math.min(1, Math.max(0, 0.5 - shape(x, y) * height));
        lightness += (painted + 0.06 * (0.3 - x) - lightness) * cover;
      }
      paint(rgb, (row * width + column) * 3, hue, 0.28, lightness);
    }
  }
  return encodePng(width, height, rgb);
}

/** Writes one pixel given as hue, saturation and lightness. */
function paint(rgb: Uint8Array, at: number, hue: number, saturation: number, l: number): void {
  const amplitude = saturation * Math.min(l, 1 - l);
  for (const [offset, n] of [0, 8, 4].entries()) {
    const k = (n + hue / 30) % 12;
    rgb[at + offset] = 255 * (l - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  }
}
