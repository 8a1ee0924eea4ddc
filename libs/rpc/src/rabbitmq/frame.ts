import type { ConsumeMessage } from 'amqplib';
import type { Message } from '../wire';

/** The length of the JSON, in bytes, where something follows it. */
const TEXT_BYTES = 'text-bytes';

interface Frame {
  readonly content: Buffer;
  readonly headers?: Readonly<Record<string, number>>;
}

/** JSON first, then the bytes, so that neither is copied into the other's form. */
export function toFrame({ text, bytes }: Message): Frame {
  if (bytes === undefined) return { content: Buffer.from(text) };
  const textBytes = Buffer.byteLength(text);
  const content = Buffer.allocUnsafe(textBytes + bytes.length);
  content.write(text);
  content.set(bytes, textBytes);
  return { content, headers: { [TEXT_BYTES]: textBytes } };
}

/** What is no frame is text that nobody can read. */
export function fromFrame({ content, properties }: ConsumeMessage): Message {
  const textBytes: unknown = properties.headers?.[TEXT_BYTES];
  if (typeof textBytes !== 'number' || textBytes < 0 || textBytes > content.length)
    return { text: content.toString() };
  return { text: content.toString('utf8', 0, textBytes), bytes: content.subarray(textBytes) };
}
