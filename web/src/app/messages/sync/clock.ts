export { type Clock, systemClock } from '../../core/clock/clock';
