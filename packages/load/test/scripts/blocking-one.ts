export { default } from './losing-one.ts';
