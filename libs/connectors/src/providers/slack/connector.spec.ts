import { InboundDelivery } from '../../delivery/inbound-delivery';
import { InboundHeaders } from '../../delivery/inbound-headers';
import { slack } from './connector';

const answer = (payload: unknown) =>
  slack.webhook.handshake(
    new InboundDelivery({
      method: 'POST',
      url: 'https://hub.example.com/',
      headers: InboundHeaders.from({ 'content-type': 'application/json' }),
      body: Buffer.from(JSON.stringify(payload)),
    }),
  );

describe('the challenge of Slack', () => {
  it('comes back as plain text, never as a page', () => {
    expect(answer({ type: 'url_verification', challenge: '<script>' })).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: '<script>',
    });
  });

  it.each([undefined, 1, {}, 'x'.repeat(1025)])('is a text of bounded length, not %j', (challenge) => {
    expect(answer({ type: 'url_verification', challenge })).toBeUndefined();
  });

  it('is none in an event', () => {
    expect(answer({ type: 'event_callback', challenge: 'x' })).toBeUndefined();
  });
});
