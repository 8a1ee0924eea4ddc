import { DomainError, ERROR_CODES, type CallContext, type DomainErrorData } from '@signalbox/contracts';

/** What does not fit into a message, and why. Its text is for the log. */
export class UnsendableError extends Error {
  constructor(reason: string, options?: { cause: unknown }) {
    super(reason, options);
    this.name = 'UnsendableError';
  }
}

/** What travels: JSON, and where the operation has them, bytes that are not in it. */
export interface Message {
  readonly text: string;
  readonly bytes?: Buffer | undefined;
}

export interface Request {
  readonly context: CallContext;
  readonly input: unknown;
}

type Reply = { readonly value: unknown } | { readonly error: DomainErrorData };

/** @param field of the input that holds bytes @throws UnsendableError */
export function encodeRequest(
  context: CallContext,
  input: unknown,
  maxBytes: number,
  field: string | undefined,
): Message {
  const { rest, bytes } = field === undefined ? { rest: input } : takenOut(input, field);
  const text = `{"context":${JSON.stringify(context)},"input":${toJson(rest)}}`;
  return { text: bounded(text, maxBytes, bytes?.length), bytes };
}

/** @param field of the input that holds bytes @throws when the message is not a request */
export function decodeRequest({ text, bytes }: Message, field: string | undefined): Request {
  const request: unknown = JSON.parse(text);
  if (!isRequest(request)) throw new TypeError('The message is not a request');
  if (field === undefined) return request;
  if (bytes === undefined) throw new TypeError('The message has no bytes');
  return { context: request.context, input: { ...(request.input as object), [field]: bytes } };
}

/** @throws UnsendableError */
export function encodeValue(value: unknown, maxBytes: number): string {
  return bounded(`{"value":${toJson(value)}}`, maxBytes);
}

/** @throws UnsendableError */
export function encodeError(error: DomainErrorData, maxBytes: number): string {
  return bounded(`{"error":${toJson(error)}}`, maxBytes);
}

/**
 * The value that was answered.
 * @throws DomainError that was answered; any other error when the text is not a reply
 */
export function decodeReply(text: string): unknown {
  const reply = JSON.parse(text) as Reply;
  if ('error' in reply) {
    throw new DomainError(reply.error.code in ERROR_CODES ? reply.error : { code: 'INTERNAL' });
  }
  if (!('value' in reply)) throw new TypeError('The message is not a reply');
  return reply.value;
}

/** JSON has no undefined and no functions at the top; `JSON.stringify` would answer undefined. @throws UnsendableError */
export function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new UnsendableError('The value is not JSON', { cause: error });
  }
  if (text === undefined) throw new UnsendableError(`The value is not JSON: it is ${typeof value}`);
  return text;
}

/** @throws UnsendableError */
function takenOut(input: unknown, field: string): { rest: object; bytes: Buffer } {
  const { [field]: bytes, ...rest } = input as Readonly<Record<string, unknown>>;
  if (!Buffer.isBuffer(bytes)) throw new UnsendableError(`${field} holds no bytes`);
  return { rest, bytes };
}

/** @throws UnsendableError */
export function bounded(text: string, maxBytes: number, beside = 0): string {
  const surelyFits = text.length * 3 + beside <= maxBytes;
  if (!surelyFits && Buffer.byteLength(text) + beside > maxBytes) {
    throw new UnsendableError(`The message is larger than ${maxBytes} bytes`);
  }
  return text;
}

function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null || !('input' in value) || !('context' in value))
    return false;
  const context = value.context as Partial<CallContext> | null;
  return (
    typeof context?.deadline === 'number' &&
    typeof context.requestId === 'string' &&
    typeof context.traceparent === 'string' &&
    typeof context.principal === 'object' &&
    context.principal !== null
  );
}
