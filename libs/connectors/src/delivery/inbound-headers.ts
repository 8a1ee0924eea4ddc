/** The headers of a request as they came: names in any casing, values never merged. */
export class InboundHeaders {
  private readonly values = new Map<string, string[]>();

  /** @param raw names and values in turn, as Node's `rawHeaders` */
  static fromRaw(raw: readonly string[]): InboundHeaders {
    const headers = new InboundHeaders();
    for (let i = 0; i + 1 < raw.length; i += 2) headers.add(raw[i] ?? '', raw[i + 1] ?? '');
    return headers;
  }

  static from(record: Readonly<Record<string, string | readonly string[] | undefined>>): InboundHeaders {
    const headers = new InboundHeaders();
    for (const [name, value] of Object.entries(record)) {
      for (const one of [value ?? []].flat()) headers.add(name, one);
    }
    return headers;
  }

  /** The value of a header that came exactly once. Which of several a sender meant nobody can tell. */
  one(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 1 ? values[0] : undefined;
  }

  all(name: string): readonly string[] {
    return this.values.get(name.toLowerCase()) ?? [];
  }

  private add(name: string, value: string): void {
    const key = name.toLowerCase();
    const known = this.values.get(key);
    if (known === undefined) this.values.set(key, [value.trim()]);
    else known.push(value.trim());
  }
}
