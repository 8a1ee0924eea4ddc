import { StringDecoder } from 'node:string_decoder';

/** Body bytes past the limit that are read and dropped to keep the connection; past these it is cut. */
const DISCARD_BYTES = 64 * 1024;
const SMALLEST_COPY = 1024;

/** The first bytes of an answer's body, up to a limit, whatever the size of the pieces they come in. */
export class ResponseBody {
  private kept: Buffer | undefined;
  private keptBytes = 0;
  private receivedBytes = 0;

  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    const room = this.limit - this.keptBytes;
    if (room <= 0) return;
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (this.kept === undefined) {
      this.kept = part;
    } else {
      if (this.kept.length < this.keptBytes + part.length) this.grow(this.keptBytes + part.length);
      part.copy(this.kept, this.keptBytes);
    }
    this.keptBytes += part.length;
  }

  get truncated(): boolean {
    return this.receivedBytes > this.limit;
  }

  get exhausted(): boolean {
    return this.receivedBytes > this.limit + DISCARD_BYTES;
  }

  text(): string {
    if (this.kept === undefined) return '';
    const bytes = this.kept.subarray(0, this.keptBytes);
    // A cut may fall inside a character: the decoder leaves such a rest out.
    const text = this.truncated ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
    return text.includes('\0') ? text.replaceAll('\0', '') : text;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed * 2, SMALLEST_COPY)));
    this.kept?.copy(larger, 0, 0, this.keptBytes);
    this.kept = larger;
  }
}
