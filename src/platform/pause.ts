// Waiting for others: the event loop's and other connections' work goes on meanwhile.
export { setTimeout as pause } from 'node:timers/promises';
