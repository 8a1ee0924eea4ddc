import { mayChangeNumbers, parseExactly } from './exact-json';
import type { InboundHeaders } from './inbound-headers';

export interface InboundRequest {
  readonly method: string;
  /** As the provider called it: the public address of the hub, then path and query as received. */
  readonly url: string;
  readonly headers: InboundHeaders;
  /** Exactly the bytes of the body, once a `Content-Encoding` is undone: what signatures are made over. */
  readonly body: Buffer;
}

export type FormFields = ReadonlyMap<string, readonly string[]>;

/** More than any provider sends; beyond it a body is kept, but not looked into. */
const MOST_BYTES = 25 * 1024 * 1024;
const MOST_FIELDS = 1000;
const FORM = 'application/x-www-form-urlencoded';

/** A request of a provider. What is parsed of it is parsed when somebody asks, once; parsing never throws. */
export class InboundDelivery {
  readonly method: string;
  readonly url: string;
  readonly headers: InboundHeaders;
  readonly body: Buffer;

  private parsedForm: { readonly value: FormFields | undefined } | undefined;
  private parsedPayload: { readonly value: unknown } | undefined;

  constructor(request: InboundRequest) {
    this.method = request.method.toUpperCase();
    this.url = request.url;
    this.headers = request.headers;
    this.body = request.body;
  }

  /** The media type without its parameters, in lower case; empty when there is none. */
  get contentType(): string {
    return this.headers.one('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  /** The first value of a parameter in the URL's query. A `+` is one, as in a secret that somebody pasted, and no space as in forms. */
  queryParameter(name: string): string | undefined {
    const start = this.url.indexOf('?');
    const prefix = `${name}=`;
    const parts = start < 0 ? [] : this.url.slice(start + 1).split('&', MOST_FIELDS);
    const found = parts.find((part) => part.startsWith(prefix));
    return found === undefined ? undefined : unescaped(found.slice(prefix.length));
  }

  /** The fields of a form; undefined when the body is none, or has more fields than anybody sends. */
  get form(): FormFields | undefined {
    this.parsedForm ??= { value: this.contentType === FORM ? parseForm(this.body) : undefined };
    return this.parsedForm.value;
  }

  /** The JSON of the body, or of the form's field `payload`; undefined when there is none. */
  get payload(): unknown {
    this.parsedPayload ??= { value: this.parsePayload() };
    return this.parsedPayload.value;
  }

  /**
   * The same with a payload that is written with every number as it was sent, in which numbers are therefore not to be looked into.
   *
   * @throws RangeError where it is nested some thousand levels deep
   */
  toPassOn(): InboundDelivery {
    const text = this.payload === undefined ? undefined : this.payloadText();
    if (text === undefined || !mayChangeNumbers(text)) return this;
    const exact = new InboundDelivery(this);
    exact.parsedPayload = { value: parseExactly(text) };
    return exact;
  }

  private parsePayload(): unknown {
    const text = this.payloadText();
    if (text === undefined || text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }

  private payloadText(): string | undefined {
    if (this.body.length > MOST_BYTES) return undefined;
    return this.contentType === FORM ? this.form?.get('payload')?.[0] : this.body.toString('utf8');
  }
}

/** As it stands where its escapes mean nothing. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseForm(body: Buffer): FormFields | undefined {
  if (body.length > MOST_BYTES || hasMoreThan(body, '&'.charCodeAt(0), MOST_FIELDS)) return undefined;
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [value]);
    else known.push(value);
  }
  return fields;
}

function hasMoreThan(body: Buffer, byte: number, most: number): boolean {
  let count = 0;
  for (let at = body.indexOf(byte); at >= 0; at = body.indexOf(byte, at + 1)) {
    count += 1;
    if (count > most) return true;
  }
  return false;
}
