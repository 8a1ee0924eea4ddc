import type { Language } from './language';

const MAX_HEADER = 256;
const MAX_REMEMBERED = 512;

/** The few headers that browsers and clients really send, parsed once. */
const remembered = new Map<string, Language | undefined>();

/**
 * The language that `Accept-Language` (RFC 9110) likes best of those we speak; undefined where it asks for none of
 * them, or for anything (`*`).
 */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  if (header === undefined || header === '' || header.length > MAX_HEADER) return undefined;
  if (remembered.has(header)) return remembered.get(header);
  const language = parse(header);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(header, language);
  return language;
}

function parse(header: string): Language | undefined {
  let best: Language | undefined;
  let bestQuality = 0;
  for (const part of header.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    const quality = qualityOf(parameters);
    if (quality === undefined || quality <= bestQuality) continue;
    if (range !== '*' && spoken(range) === undefined) continue;
    best = range === '*' ? undefined : spoken(range);
    bestQuality = quality;
  }
  return best;
}

function qualityOf(parameters: readonly string[]): number | undefined {
  const parameter = parameters.find((text) => /^q\s*=/i.test(text));
  if (parameter === undefined) return 1;
  const text = parameter.replace(/^q\s*=\s*/i, '');
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/** Chinese is written in two ways; the script or the region tells which. */
function spoken(range: string): Language | undefined {
  const [primary, ...subtags] = range.toLowerCase().split('-');
  if (primary === 'en') return 'en';
  if (primary !== 'zh') return undefined;
  if (subtags.includes('hans')) return 'zh-CN';
  return subtags.some((tag) => ['hant', 'tw', 'hk', 'mo'].includes(tag)) ? 'zh-TW' : 'zh-CN';
}
