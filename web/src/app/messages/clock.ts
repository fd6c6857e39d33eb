export { CLOCK } from '../core/clock/clock-token';
