/** What options are read with. Imports nothing heavy: a command line reads them first of all. */
export { readObjective } from './objectives/read-objective.ts';
export { shapeNames, type ShapeName } from './shapes/shape.ts';
