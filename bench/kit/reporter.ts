/** Where a benchmark writes what it finds: to the terminal, and into the README. */
export class Reporter {
  private readonly lines: string[] = [];

  /** A line of progress, for the terminal alone. */
  progress(line: string): void {
    process.stderr.write(`  ${line}\n`);
  }

  /** Part of the result. */
  print(text = ''): void {
    process.stdout.write(`${text}\n`);
    this.lines.push(text);
  }

  get text(): string {
    return this.lines.join('\n').trim();
  }
}
