/**
 * `npm run demo`: events go out, their receiver fails twice, and they arrive all the same, signed. Ends with exit code 0
 * only when all of them were delivered and verified.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { findHub } from './hub.mjs';
import { Receiver } from './receiver.mjs';
import { summarize } from './summary.mjs';

const EVENTS = [
  ['task.created', { task: 'T-1', title: 'Write the README' }],
  ['task.created', { task: 'T-2', title: 'Try it as a newcomer' }],
  ['task.updated', { task: 'T-1', assignee: 'Ada' }],
  ['task.completed', { task: 'T-2' }],
  ['task.completed', { task: 'T-1' }],
];
/** Three attempts take about three seconds. */
const DELIVERED_WITHIN_MS = 45_000;
const LOGGED_WITHIN_MS = 10_000;

const say = (line = '') => console.log(line);
const cancelled = new AbortController();
const cancel = cancelled.signal;
const ends = [];
const cleanUp = (end) => ends.push(end);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const code = 128 + constants.signals[signal];
    if (cancel.aborted) process.exit(code);
    say('\nStopping: removing what the demo made …');
    process.exitCode = code;
    cancelled.abort();
  });
}

try {
  const wrong = await demonstrate();
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
} catch (error) {
  if (!cancel.aborted) {
    console.error(
      `\nThe demo failed: ${error.cause ? `${error.message} (${error.cause.message})` : error.message}`,
    );
    process.exitCode = 1;
  }
} finally {
  for (let end = ends.pop(); end; end = ends.pop()) {
    await end().catch((error) => {
      console.error(`Something could not be cleaned up: ${error.message}`);
      process.exitCode ||= 1;
    });
  }
}

/** Answers what went wrong. */
async function demonstrate() {
  const api = await findHub({ say, cleanUp, cancel });

  const beganAt = performance.now();
  const receiver = await Receiver.start(({ event, number, verified, status, at }) => {
    const name = event ? `${event.event_type} ${event.data.task}` : 'unknown';
    const signature = verified ? 'signature verified' : 'signature NOT VERIFIED';
    const after = `+${((at - beganAt) / 1000).toFixed(2)} s`;
    say(`${after.padStart(10)} ${name.padEnd(19)} attempt ${number}  ${signature}, answered ${status}`);
  });
  cleanUp(() => receiver.close());
  say(`Receiver   ${receiver.url} (answers 500 and 503 before it takes a delivery)`);

  const project = `demo-${randomUUID()}`;
  const webhook = await api.register({
    project_id: project,
    name: 'Demo',
    url: receiver.url,
    events: ['task.*'],
    retry_config: { max_retries: 4, retry_delay: 1 },
    timeout_seconds: 5,
  });
  cleanUp(async () => {
    await api.remove(webhook.id);
    say('Webhook    removed');
  });
  receiver.believe(webhook.secret);
  say(`Webhook    ${webhook.id} for ${webhook.events.join(', ')}, first retry after 1 s\n`);

  const published = [];
  for (const [type, data] of EVENTS) {
    const at = performance.now();
    const { event_id: eventId } = await api.publish(type, { ...data, project_id: project });
    published.push({ name: `${type} ${data.task}`, eventId, at });
    say(`Published  ${type} ${data.task}`);
  }

  await within(DELIVERED_WITHIN_MS, () => receiver.settled === published.length);
  let log = [];
  // The hub stores an attempt when it has the answer, a moment after the receiver gave it.
  await within(LOGGED_WITHIN_MS, async () => {
    log = await api.log(webhook.id);
    return log.filter(({ status }) => status === 'success').length >= receiver.delivered;
  });

  const { table, wrong } = summarize(published, receiver.deliveries, log);
  say(`\n${table}\n`);
  if (wrong.length === 0) say(`All ${published.length} events were delivered, every signature verified.`);
  return wrong;
}

/** Ends when it is so, or when the time is over. */
async function within(ms, isSo) {
  for (const giveUpAt = Date.now() + ms; !(await isSo()) && Date.now() < giveUpAt;) {
    await sleep(250, undefined, { signal: cancel });
  }
}
