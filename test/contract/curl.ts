import { answered, type Answer } from './answer';

/**
 * Runs a curl line as it is printed in a published document.
 * @param replaced what the document writes for what the hub really has: `YOUR_TOKEN` for a token, …
 */
export async function curl<T = unknown>(
  line: string,
  hubUrl: string,
  replaced: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const text = Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), line);
  const [program, ...words] = shellWords(text);
  if (program !== 'curl') throw new Error(`This is no curl line: ${line}`);
  let method: string | undefined;
  let url: URL | undefined;
  let body: string | undefined;
  const headers: Record<string, string> = {};
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '-X') method = words[++i];
    else if (word === '-d') body = words[++i];
    else if (word === '-H') {
      const [name = '', value = ''] = (words[++i] ?? '').split(/:\s*/, 2);
      headers[name.toLowerCase()] = value;
    } else if (!word.startsWith('-')) url = new URL(word);
  }
  if (!url) throw new Error(`This curl line calls nothing: ${line}`);
  return await answered<T>(
    hubUrl,
    method ?? (body === undefined ? 'GET' : 'POST'),
    url.pathname + url.search,
    undefined,
    {
      body,
      headers,
    },
  );
}

/** Splits as a shell does: quotes hold words together, a backslash continues a line. */
function shellWords(text: string): string[] {
  return [...text.replaceAll(/\\\n/g, ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}
