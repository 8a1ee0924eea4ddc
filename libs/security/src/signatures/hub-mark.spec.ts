import { hubMark } from './hub-mark';

describe('hubMark', () => {
  it('is the same for one hub, another for another, and nothing of the key', () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    expect(hubMark('EmbedAI', key)).toEqual({
      header: 'X-EmbedAI-Hub',
      value: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(hubMark('EmbedAI', key)).toEqual(hubMark('EmbedAI', key));
    expect(hubMark('EmbedAI', Buffer.alloc(32, 2).toString('base64')).value).not.toBe(
      hubMark('EmbedAI', key).value,
    );
  });
});
