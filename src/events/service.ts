// What other features read of the feed: whether an event is told to somebody now, where the feed ends, and the shape of an event.
export { type CloudEventView, toCloudEvent } from './cloud-event.ts';
export {
  agenciesConcerned,
  type FeedPosition,
  feedHead,
  feedHorizon,
  findTold,
  positionAt,
  readFeed,
  type SeenEvent,
} from './repository.ts';
export { eventType } from './types.ts';
