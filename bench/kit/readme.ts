import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

const README = join(__dirname, '../../../bench/README.md');

/** What the figures depend on; nothing that names the machine. */
export function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[0]?.toFixed(1);
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, ${memory} GiB, ${process.platform}, Node ${process.versions.node}, load average before it ${load}`;
}

/** Puts a result between its markers, leaving everything else. */
export function writeResult(name: string, text: string): void {
  const readme = readFileSync(README, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [readme.indexOf(open), readme.indexOf(close)];
  if (start < 0 || end < start)
    throw new Error(`bench/README.md has no place for ${name}: ${open} … ${close}`);
  const result = `${open}\n\n\`\`\`text\n${text}\n\`\`\`\n\n`;
  writeFileSync(README, readme.slice(0, start) + result + readme.slice(end));
}
