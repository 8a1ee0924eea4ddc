import type { ConsumeMessage } from 'amqplib';
import { fromFrame, toFrame } from './frame';

const arrived = (content: Buffer, headers?: object) =>
  fromFrame({ content, properties: { headers } } as unknown as ConsumeMessage);

describe('a frame', () => {
  it.each([
    ['text alone', { text: '{"a":"é"}' }],
    ['bytes behind the text', { text: '{"a":"é"}', bytes: Buffer.from([0, 255, 123]) }],
    ['no bytes, where there might be some', { text: '{}', bytes: Buffer.alloc(0) }],
  ])('holds %s', (_what, message) => {
    const { content, headers } = toFrame(message);
    expect(arrived(content, headers)).toEqual(message);
  });

  it.each([-1, 3, 1e9, '2', null])('is text where it says that %j bytes of two are', (bytes) => {
    expect(arrived(Buffer.from('{}'), { 'text-bytes': bytes })).toEqual({ text: '{}' });
  });
});
