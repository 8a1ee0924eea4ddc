import type { DestinationStream } from 'pino';

/** What pino writes to, where it can also be asked to write at once. */
export interface LineOutput extends DestinationStream {
  flushSync(): void;
}

/** Longest a line waits for others. */
const LONGEST_WAIT_MS = 50;

/**
 * Hands lines on together: a write for each would cost more than all else that a line does, and so would adding each to
 * the text that the output already holds.
 * @param batchLength characters from which on lines are handed on at once; fewer are after 50 ms, and at the process's exit
 */
export class LineBatches implements LineOutput {
  private lines: string[] = [];
  private length = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly output: LineOutput,
    private readonly batchLength: number,
  ) {}

  write(line: string): void {
    this.lines.push(line);
    this.length += line.length;
    if (this.length >= this.batchLength) this.handOn();
    else this.timer ??= setTimeout(() => this.handOn(), LONGEST_WAIT_MS).unref();
  }

  flushSync(): void {
    this.handOn();
    this.output.flushSync();
  }

  private handOn(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.length = 0;
    this.output.write(text);
  }
}
