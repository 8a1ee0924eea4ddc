/** Matches what every answer of a kind has, whatever its values. */
export const ID: unknown = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
);
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const TEXT: unknown = expect.stringMatching(/./);
export const MASK = '********';

/** A webhook of the hub's own making, for tests that are about something else. Nobody listens there. */
export const WEBHOOK = { name: 'Sample', url: 'http://127.0.0.1:9/hook', events: ['task.created'] };
